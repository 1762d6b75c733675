using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>destination = condition ? a : b with NumPy's broadcasting. Elements are moved as bits, so only their size matters.</summary>
[SkipLocalsInit]
static unsafe class SelectLoop
{
    const int Tile = 512;

    public static void Run<T>(ReadOnlySpan<byte> condition, ReadOnlySpan<int> conditionShape, ReadOnlySpan<T> a, ReadOnlySpan<int> aShape,
        ReadOnlySpan<T> b, ReadOnlySpan<int> bShape, Span<T> destination)
        where T : unmanaged
    {
        var plan = BroadcastPlan.Create(conditionShape, aShape, bShape);
        Debug.Assert(plan.Count == destination.Length, "A selection's destination has the broadcast shape.");
        fixed (byte* chosen = condition)
        fixed (T* whenTrue = a)
        fixed (T* whenFalse = b)
        fixed (T* result = destination)
        {
            switch (sizeof(T))
            {
                case 1: Start(plan, chosen, (byte*)whenTrue, (byte*)whenFalse, (byte*)result); break;
                case 2: Start(plan, chosen, (ushort*)whenTrue, (ushort*)whenFalse, (ushort*)result); break;
                case 4: Start(plan, chosen, (uint*)whenTrue, (uint*)whenFalse, (uint*)result); break;
                case 8: Start(plan, chosen, (ulong*)whenTrue, (ulong*)whenFalse, (ulong*)result); break;
                default: Start(plan, chosen, (Complex*)whenTrue, (Complex*)whenFalse, (Complex*)result); break;
            }
        }
    }

    static void Start<T>(in BroadcastPlan plan, byte* condition, T* a, T* b, T* destination) where T : unmanaged
    {
        var chunks = new Chunks<T>(plan, condition, a, b, destination);
        LoopChunks.Run(plan.Count, ref chunks);
    }

    readonly struct Chunks<T>(BroadcastPlan plan, byte* condition, T* a, T* b, T* destination) : IChunkBody where T : unmanaged
    {
        readonly BroadcastPlan plan = plan;

        public void Invoke(nint start, nint count)
        {
            byte* chosen = stackalloc byte[Tile];
            T* first = stackalloc T[Tile], second = stackalloc T[Tile];
            for (nint i = 0; i < count; i += Tile)
            {
                var part = (int)Math.Min(Tile, count - i);
                Widest(Operand(0, condition, start + i, part, chosen), Operand(1, a, start + i, part, first), Operand(2, b, start + i, part, second),
                    destination + start + i, part);
            }
        }

        TElement* Operand<TElement>(int operand, TElement* source, nint start, int count, TElement* tile) where TElement : unmanaged
        {
            if (plan.IsWhole(operand)) return source + start;
            BroadcastTile.Fill(plan, operand, source, start, count, tile);
            return tile;
        }
    }

    static void Widest<T>(byte* condition, T* a, T* b, T* destination, int count) where T : unmanaged
    {
        if (typeof(T) == typeof(Complex)) Run<ComplexLane, Complex>(condition, (Complex*)a, (Complex*)b, (Complex*)destination, count);
        else if (Vector512.IsHardwareAccelerated) Run<Lanes512<T>, T>(condition, a, b, destination, count);
        else if (Vector256.IsHardwareAccelerated) Run<Lanes256<T>, T>(condition, a, b, destination, count);
        else Run<Lanes128<T>, T>(condition, a, b, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<V, T>(byte* condition, T* a, T* b, T* destination, int count)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        var i = 0;
        for (; i <= count - V.Count; i += V.Count) V.Store(V.Select(V.LoadMask(condition + i), V.Load(a + i), V.Load(b + i)), destination + i);
        for (; i < count; i++) destination[i] = condition[i] != 0 ? a[i] : b[i];
    }
}
