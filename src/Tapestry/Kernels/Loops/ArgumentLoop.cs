using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>The index of the greatest or least element along the middle of [outer, reduce, inner]; the first of equals, -0 being less than 0. NaN loses to every
/// number, as in Keras.</summary>
static unsafe class ArgumentLoop
{
    public static void Maximum<T>(ReadOnlySpan<T> x, nint outer, nint reduce, nint inner, Span<long> destination)
        where T : unmanaged, INumber<T>
        => Run<T, Greater>(x, outer, reduce, inner, destination);

    public static void Minimum<T>(ReadOnlySpan<T> x, nint outer, nint reduce, nint inner, Span<long> destination)
        where T : unmanaged, INumber<T>
        => Run<T, Less>(x, outer, reduce, inner, destination);

    /// <summary>bfloat16 orders as float32 does.</summary>
    public static void Maximum(ReadOnlySpan<BFloat16> x, nint outer, nint reduce, nint inner, Span<long> destination)
        => RunWidened<Greater>(x, outer, reduce, inner, destination);

    public static void Minimum(ReadOnlySpan<BFloat16> x, nint outer, nint reduce, nint inner, Span<long> destination)
        => RunWidened<Less>(x, outer, reduce, inner, destination);

    static void Run<T, TOrder>(ReadOnlySpan<T> x, nint outer, nint reduce, nint inner, Span<long> destination)
        where T : unmanaged, INumber<T>
        where TOrder : struct, IOrder
    {
        Debug.Assert(reduce > 0 && x.Length == outer * reduce * inner && destination.Length == outer * inner, "The extents match the spans, and there is something to choose from.");
        fixed (T* source = x)
        fixed (long* result = destination)
        {
            var items = new Items<T, T, TOrder>(source, reduce, inner, result);
            LoopChunks.RunItems(outer, reduce * inner, ref items);
        }
    }

    static void RunWidened<TOrder>(ReadOnlySpan<BFloat16> x, nint outer, nint reduce, nint inner, Span<long> destination) where TOrder : struct, IOrder
    {
        Debug.Assert(reduce > 0 && x.Length == outer * reduce * inner && destination.Length == outer * inner, "The extents match the spans, and there is something to choose from.");
        fixed (BFloat16* source = x)
        fixed (long* result = destination)
        {
            var items = new Items<BFloat16, float, TOrder>(source, reduce, inner, result);
            LoopChunks.RunItems(outer, reduce * inner, ref items);
        }
    }

    readonly struct Items<T, TWide, TOrder>(T* x, nint reduce, nint inner, long* destination) : IItemBody
        where T : unmanaged
        where TWide : unmanaged, INumber<TWide>
        where TOrder : struct, IOrder
    {
        public void Invoke(nint item)
        {
            for (nint column = 0; column < inner; column++)
            {
                var source = x + item * reduce * inner + column;
                var best = Value(source);
                nint bestAt = 0;
                for (nint i = 1; i < reduce; i++)
                {
                    var value = Value(source + i * inner);
                    if (!TOrder.Before(value, best) && !(TWide.IsNaN(best) && !TWide.IsNaN(value))) continue;
                    best = value;
                    bestAt = i;
                }
                destination[item * inner + column] = bestAt;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TWide Value(T* source) => typeof(T) == typeof(TWide) ? *(TWide*)source : NarrowElements.Widen<T, TWide>(*source);
    }

    interface IOrder
    {
        static abstract bool Before<T>(T x, T y) where T : unmanaged, INumber<T>;
    }

    readonly struct Greater : IOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Before<T>(T x, T y) where T : unmanaged, INumber<T> => x > y || (x == y && T.IsNegative(y) && !T.IsNegative(x));
    }

    readonly struct Less : IOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Before<T>(T x, T y) where T : unmanaged, INumber<T> => x < y || (x == y && T.IsNegative(x) && !T.IsNegative(y));
    }
}
