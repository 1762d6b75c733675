namespace Tapestry.Kernels.Simd;

/// <summary>What the lanes of a vector hold, as far as the choice of an algorithm depends on it.</summary>
public enum ElementKind
{
    /// <summary>Signed or unsigned integers of any width.</summary>
    Integer,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>Pairs of binary64 numbers.</summary>
    Complex,
}
