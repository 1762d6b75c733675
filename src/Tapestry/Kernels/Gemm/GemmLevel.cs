using System.Runtime.Intrinsics;

namespace Tapestry.Kernels.Gemm;

/// <summary>The vector width a product uses.</summary>
enum GemmLevel
{
    /// <summary>One element at a time.</summary>
    Scalar,

    /// <summary>128-bit vectors.</summary>
    Vector128,

    /// <summary>256-bit vectors.</summary>
    Vector256,

    /// <summary>512-bit vectors.</summary>
    Vector512,
}

/// <summary>The widths this processor has.</summary>
static class GemmLevels
{
    /// <summary>The widest one; the just-in-time compiler makes it a constant.</summary>
    internal static GemmLevel Best =>
        Vector512.IsHardwareAccelerated ? GemmLevel.Vector512
        : Vector256.IsHardwareAccelerated ? GemmLevel.Vector256
        : Vector128.IsHardwareAccelerated ? GemmLevel.Vector128
        : GemmLevel.Scalar;
}
