using System.Text;

namespace Tapestry;

/// <summary>Lays out the elements of a tensor as NumPy prints arrays: columns aligned, large arrays shortened.</summary>
static class ArrayPrinter
{
    const int LargestWhole = 1000;
    const int EdgeItems = 3;
    const int LineWidth = 75;

    /// <summary>The elements in nested brackets.</summary>
    internal static string Print(Tensor tensor)
    {
        if (tensor.Rank == 0) return ElementFormat.Scalar(tensor);
        var edge = tensor.Size > LargestWhole ? EdgeItems : int.MaxValue;
        if (tensor.Size == 0) return tensor.Rank == 1 || tensor.Shape[0] == 0 ? "[]" : Brackets(tensor.Rank, tensor);
        var shown = new List<int>();
        Collect(tensor, 0, 0, edge, shown);
        var texts = ElementFormat.Column(tensor, shown);
        var text = new StringBuilder();
        var next = 0;
        Append(text, tensor.Shape.Dimensions, edge, texts, ref next, tensor.Rank);
        return text.ToString();
    }

    static string Brackets(int rank, Tensor tensor)
    {
        // NumPy shows the outer dimensions of an empty array as far as they are not empty.
        var depth = tensor.Shape.Dimensions.IndexOf(0);
        return depth <= 0 ? "[]" : new string('[', Math.Min(depth + 1, rank)) + new string(']', Math.Min(depth + 1, rank));
    }

    static void Collect(Tensor tensor, int axis, int index, int edge, List<int> shown)
    {
        if (axis == tensor.Rank)
        {
            shown.Add(index);
            return;
        }

        var length = tensor.Shape[axis];
        for (var i = 0; i < length; i++)
        {
            if (IsLeftOut(i, length, edge)) continue;
            Collect(tensor, axis + 1, (index * length) + i, edge, shown);
        }
    }

    static bool IsLeftOut(int i, int length, int edge) => length > 2L * edge && i >= edge && i < length - edge;

    static void Append(StringBuilder text, ReadOnlySpan<int> dimensions, int edge, string[] texts, ref int next, int rank)
    {
        text.Append('[');
        var (length, indent) = (dimensions[0], rank - dimensions.Length + 1);
        var line = indent;
        for (var i = 0; i < length; i++)
        {
            var gap = IsLeftOut(i, length, edge);
            if (gap && i > edge) continue;
            if (dimensions.Length > 1)
            {
                if (i > 0) text.Append('\n', dimensions.Length - 1).Append(' ', indent);
                if (gap) text.Append("...");
                else Append(text, dimensions[1..], edge, texts, ref next, rank);
                continue;
            }

            var item = gap ? "..." : texts[next++];
            if (i > 0 && line + 1 + item.Length > LineWidth - 1)
            {
                text.Append('\n').Append(' ', indent);
                line = indent;
            }
            else if (i > 0)
            {
                text.Append(' ');
                line++;
            }

            text.Append(item);
            line += item.Length;
        }

        text.Append(']');
    }
}
