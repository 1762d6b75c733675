using System.Diagnostics;

namespace Tapestry.Kernels.Loops;

/// <summary>Bodies that answer a mask; the destination gets bytes of 0 and 1.</summary>
static unsafe class PredicateLoop
{
    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> x, Span<byte> destination)
        where TBody : struct, IUnaryBody
        where T : unmanaged
    {
        Debug.Assert(x.Length == destination.Length, "A predicate's source and destination have the same length.");
        fixed (T* source = x)
        fixed (byte* result = destination)
            UnaryLoop.Run<TBody, T, MaskOutput>(body, source, result, x.Length);
    }

    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> a, ReadOnlySpan<int> aShape, ReadOnlySpan<T> b, ReadOnlySpan<int> bShape, Span<byte> destination)
        where TBody : struct, IBinaryBody
        where T : unmanaged
    {
        var plan = BroadcastPlan.Create(aShape, bShape);
        Debug.Assert(plan.Count == destination.Length, "A predicate's destination has the broadcast shape.");
        fixed (T* left = a)
        fixed (T* right = b)
        fixed (byte* result = destination)
            BinaryLoop.Run<TBody, T, MaskOutput>(body, plan, left, right, result);
    }
}
