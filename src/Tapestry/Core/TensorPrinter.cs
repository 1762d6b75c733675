namespace Tapestry;

/// <summary>Prints tensors as TensorFlow does.</summary>
static class TensorPrinter
{
    /// <summary>The whole text of <see cref="Tensor.ToString"/>.</summary>
    internal static string Print(Tensor tensor) => tensor.Symbol is { } symbol
        ? $"<{symbol.Label} shape={tensor.Shape}, dtype={tensor.DType}>"
        : $"tf.Tensor({(tensor.Rank > 1 ? "\n" : string.Empty)}{ArrayPrinter.Print(tensor)}, shape={tensor.Shape}, dtype={tensor.DType})";
}
