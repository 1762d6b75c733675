using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>An elementwise function of one argument. Attributes of the function, such as a slope, are fields of the implementing struct.</summary>
public interface IUnaryBody
{
    /// <summary>The function on one vector; the same text serves every width and a recording vector. Mark it for aggressive inlining.</summary>
    V Invoke<V>(V x) where V : struct, IVec<V>;
}

/// <summary>An elementwise function of two arguments.</summary>
public interface IBinaryBody
{
    /// <summary>The function on one pair of vectors. Mark it for aggressive inlining.</summary>
    V Invoke<V>(V x, V y) where V : struct, IVec<V>;
}

/// <summary>An elementwise function of three arguments.</summary>
public interface ITernaryBody
{
    /// <summary>The function on three vectors. Mark it for aggressive inlining.</summary>
    V Invoke<V>(V x, V y, V z) where V : struct, IVec<V>;
}
