using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>Σ x.</summary>
readonly struct SumReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>Σ x / count; the count is the caller's.</summary>
readonly struct MeanReducer(long count) : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x / V.Create(count);
}

/// <summary>Σ x².</summary>
readonly struct SumOfSquaresReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>√Σ x².</summary>
readonly struct NormReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => V.Sqrt(x);
}

/// <summary>Σ |x|.</summary>
readonly struct SumOfMagnitudesReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => V.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>Π x.</summary>
readonly struct ProductReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(1L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>The greatest element; NaN if there is one.</summary>
readonly struct MaximumReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Lowest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => V.Maximum(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>The least element; NaN if there is one.</summary>
readonly struct MinimumReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Highest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => V.Minimum(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x;
}

/// <summary>Whether any byte is not 0, as 0 or 1.</summary>
readonly struct AnyReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.Create(0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x | y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => V.NotEqual(x, V.Create(0L)) & V.Create(1L);
}

/// <summary>Whether no byte is 0, as 0 or 1.</summary>
readonly struct AllReducer : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Identity<V>() where V : struct, IVec<V> => V.CreateBits(-1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Map<V>(V x) where V : struct, IVec<V> => V.NotEqual(x, V.Create(0L));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Combine<V>(V x, V y) where V : struct, IVec<V> => x & y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V>(V x) where V : struct, IVec<V> => x & V.Create(1L);
}
