using System.Numerics;

namespace Tapestry.Kernels.Gemm;

/// <summary>Something that is done at one of several vector widths: see <see cref="GemmLevels.Run"/>.</summary>
/// <typeparam name="T">float or double.</typeparam>
interface IWidthWork<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Does it at one width.</summary>
    void Run<TVector, TUnit>()
        where TVector : unmanaged
        where TUnit : struct, IVectorUnit<T, TVector>;
}
