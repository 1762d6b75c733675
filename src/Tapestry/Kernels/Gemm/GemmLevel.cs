using System.Numerics;
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

    /// <summary>Columns of a packed panel: two vectors.</summary>
    internal static unsafe int PanelWidth<T>(GemmLevel level)
        where T : unmanaged => level switch
        {
            GemmLevel.Vector512 => 2 * 64 / sizeof(T),
            GemmLevel.Vector256 => 2 * 32 / sizeof(T),
            GemmLevel.Vector128 => 2 * 16 / sizeof(T),
            _ => 2,
        };

    /// <summary>Does something at a width that the caller chooses.</summary>
    /// <remarks>A method for each width: the runtime loads all types that a method mentions before it runs, so a kernel of one width had waited for those of all.</remarks>
    internal static void Run<T, TWork>(GemmLevel level, in TWork work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWork : struct, IWidthWork<T>
    {
        switch (level)
        {
            case GemmLevel.Vector512:
                Run512<T, TWork>(work);
                break;
            case GemmLevel.Vector256:
                Run256<T, TWork>(work);
                break;
            case GemmLevel.Vector128:
                Run128<T, TWork>(work);
                break;
            default:
                RunScalar<T, TWork>(work);
                break;
        }
    }

    static void Run512<T, TWork>(in TWork work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWork : struct, IWidthWork<T> => work.Run<Vector512<T>, Unit512<T>>();

    static void Run256<T, TWork>(in TWork work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWork : struct, IWidthWork<T> => work.Run<Vector256<T>, Unit256<T>>();

    static void Run128<T, TWork>(in TWork work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWork : struct, IWidthWork<T> => work.Run<Vector128<T>, Unit128<T>>();

    static void RunScalar<T, TWork>(in TWork work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWork : struct, IWidthWork<T> => work.Run<T, UnitScalar<T>>();
}
