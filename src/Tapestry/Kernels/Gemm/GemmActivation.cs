namespace Tapestry.Kernels.Gemm;

/// <summary>The elementwise function at the end of a product.</summary>
enum GemmActivation
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(x, 0); NaN stays NaN.</summary>
    Relu,

    /// <summary>x where x &gt; 0, slope · x elsewhere.</summary>
    LeakyRelu,

    /// <summary>1 / (1 + exp(−x)).</summary>
    Sigmoid,

    /// <summary>tanh(x).</summary>
    Tanh,
}
