namespace Tapestry;

/// <summary>Lets operations whose kernels know only float32 and float64 serve 16-bit floats: they are widened, and the result is rounded once.</summary>
static class SinglePrecision
{
    /// <summary>The tensor in a dtype that such kernels know.</summary>
    internal static Tensor Widen(Tensor x) => IsNarrow(x.DType) ? Ops.Cast(x, DType.Float32) : x;

    /// <summary>The result in the dtype of the arguments.</summary>
    internal static Tensor Narrow(Tensor result, DType dtype) => IsNarrow(dtype) ? Ops.Cast(result, dtype) : result;

    static bool IsNarrow(DType dtype) => dtype == DType.Float16 || dtype == DType.BFloat16;
}
