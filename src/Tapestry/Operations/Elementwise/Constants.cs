namespace Tapestry;

/// <summary>Recognises constants among the inputs of operations that are being compiled.</summary>
static class Constants
{
    /// <summary>True for a tensor whose only element is known to be this number; zeros of different signs are different numbers.</summary>
    internal static bool Is(Tensor tensor, double value) =>
        (tensor.Symbol is { } symbol ? symbol.KnownValue : tensor) is { Size: 1, DType.IsFloating: true } known && known.Item<double>().Equals(value) && double.IsNegative(known.Item<double>()) == double.IsNegative(value);
}
