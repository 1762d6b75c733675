using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>One truth value for all lanes.</summary>
static unsafe class Masks<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    /// <summary>All bits set where the byte is not 0.</summary>
    public static V Spread(byte* source) => V.CreateBits(*source == 0 ? 0 : -1);
}
