namespace Tapestry.Keras.Optimizers.Updates;

/// <summary>Reads the factors of a step without allocating.</summary>
static class ScalarReader
{
    /// <summary>The only element of a tensor.</summary>
    internal static double Number(Tensor scalar) => scalar.DType.Code switch
    {
        DTypeCode.Float32 => scalar.Elements<float>()[0],
        DTypeCode.Float64 => scalar.Elements<double>()[0],
        DTypeCode.Int64 => scalar.Elements<long>()[0],
        DTypeCode.Int32 => scalar.Elements<int>()[0],
        DTypeCode.Float16 => (double)scalar.Elements<Half>()[0],
        _ => (float)scalar.Elements<BFloat16>()[0],
    };
}
