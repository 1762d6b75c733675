using System.Globalization;
using System.Text;

namespace Tapestry;

/// <summary>Lays out the elements of a tensor as NumPy prints arrays.</summary>
static class ArrayPrinter
{
    /// <summary>The elements in nested brackets.</summary>
    internal static string Print(Tensor tensor)
    {
        if (tensor.Rank == 0) return Convert.ToString(TensorReader.At(tensor, 0), CultureInfo.InvariantCulture)!;
        var text = new StringBuilder();
        Append(text, tensor, 0, 0);
        return text.ToString();
    }

    static int Append(StringBuilder text, Tensor tensor, int axis, int index)
    {
        if (axis == tensor.Rank)
        {
            text.Append(Convert.ToString(TensorReader.At(tensor, index), CultureInfo.InvariantCulture));
            return index + 1;
        }

        text.Append('[');
        for (var i = 0; i < tensor.Shape[axis]; i++)
        {
            if (i > 0) text.Append(' ');
            index = Append(text, tensor, axis + 1, index);
        }

        text.Append(']');
        return index;
    }
}
