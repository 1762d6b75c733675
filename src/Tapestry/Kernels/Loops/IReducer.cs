using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>A reduction: finish(combine over all elements of map(x)). Combine is associative and commutative up to rounding.</summary>
public interface IReducer
{
    /// <summary>What leaves any other value unchanged when combined with it.</summary>
    V Identity<V>() where V : struct, IVec<V>;

    /// <summary>Applied to each element first.</summary>
    V Map<V>(V x) where V : struct, IVec<V>;

    /// <summary>Joins two partial results.</summary>
    V Combine<V>(V x, V y) where V : struct, IVec<V>;

    /// <summary>Applied to each result last.</summary>
    V Finish<V>(V x) where V : struct, IVec<V>;
}
