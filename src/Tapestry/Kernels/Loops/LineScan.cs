using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Cumulative combination of consecutive float32 elements. The order is fixed by the length alone: within four elements by doubling, the total of the first four
/// onto the next four, such eights one after the other, and blocks of 16 Ki elements of which the totals are combined first. So blocks are independent, and neither the
/// number of threads nor the width of the vectors changes a bit.
/// </summary>
[SkipLocalsInit]
readonly unsafe struct LineScan<TReducer>(TReducer reducer, float* x, nint length, bool exclusive, bool reverse, float* destination)
    where TReducer : struct, IReducer
{
    const int Group = 8;
    const nint Block = LoopChunks.Size;
    const nint FewestSharedBlocks = 4;

    /// <summary>Whether vectors of eight elements are used, which only a test changes.</summary>
    internal bool IsWide { get; init; } = Avx2.IsSupported;

    /// <summary>Scans the line, on all threads where there are enough blocks.</summary>
    internal void Run()
    {
        var blocks = (length + Block - 1) / Block;
        if (WorkerPool.ThreadCount == 1 || blocks < FewestSharedBlocks)
        {
            var carry = Identity;
            for (nint block = 0; block < blocks; block++) carry = Combine(carry, Scan(block, carry, stores: true));
            return;
        }

        var carries = ScratchMemory.Get<float>(ScratchMemory.Purpose.ScanCarries, blocks);
        var totals = new Blocks(this, carries, stores: false);
        WorkerPool.Run((int)blocks, ref totals);
        var total = Identity;
        for (nint block = 0; block < blocks; block++)
        {
            var own = carries[block];
            carries[block] = total;
            total = Combine(total, own);
        }

        var results = new Blocks(this, carries, stores: true);
        WorkerPool.Run((int)blocks, ref results);
    }

    float Identity => First(reducer.Identity<Lanes128<float>>());

    float Combine(float left, float right) => First(reducer.Combine(Lanes128<float>.Broadcast(left), Lanes128<float>.Broadcast(right)));

    static float First(Lanes128<float> vector) => *(float*)&vector;

    // What the block combines to, on its own; results are that of all before, combined with the block's own.
    float Scan(nint block, float before, bool stores)
    {
        nint start = block * Block, count = Math.Min(Block, length - start), whole = count - (count % Group);
        var carry = Identity;
        if (IsWide) carry = stores ? Wide<Stores>(start, whole, carry, before) : Wide<Totals>(start, whole, carry, before);
        else carry = stores ? Narrow<Stores>(start, whole, carry, before) : Narrow<Totals>(start, whole, carry, before);
        if (whole == count) return carry;

        // Less than a group, filled up with what changes nothing.
        var rest = (int)(count - whole);
        float* group = stackalloc float[Group];
        for (var i = 0; i < Group; i++) group[i] = i < rest ? x[At(start + whole + i)] : Identity;
        var line = new LineScan<TReducer>(reducer, group, Group, exclusive, reverse: false, group);
        carry = line.Narrow<Stores>(0, Group, carry, before);
        for (var i = 0; i < rest && stores; i++) destination[At(start + whole + i)] = group[i];
        return carry;
    }

    nint At(nint step) => reverse ? length - 1 - step : step;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    float Wide<TMode>(nint start, nint count, float carry, float before)
        where TMode : struct, IMode
    {
        Vector256<float> total = Vector256.Create(carry), outer = Vector256.Create(before), identity = Vector(reducer.Identity<Lanes256<float>>());
        var backwards = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);
        var last = Vector256.Create(7);
        var previous = Vector256.Create(0, 0, 1, 2, 3, 4, 5, 6);
        nint at = At(start), step = Group;
        if (reverse) (at, step) = (at - Group + 1, -Group);
        for (nint i = 0; i < count; i += Group, at += step)
        {
            var value = Vector256.Load(x + at);
            if (reverse) value = Avx2.PermuteVar8x32(value, backwards);
            value = Vector(reducer.Map(new Lanes256<float>(value)));
            value = Combine(Avx.Blend(Avx.Permute(value, 0b10_01_00_00), identity, 0b0001_0001), value);
            value = Combine(Avx.Blend(Avx.Permute(value, 0b01_00_00_00), identity, 0b0011_0011), value);
            var low = Avx.Permute2x128(value, value, 0);
            value = Combine(Avx.Blend(Avx.Permute(low, 0b11_11_11_11), identity, 0b0000_1111), value);
            if (TMode.Stores)
            {
                var result = Combine(total, value);
                if (exclusive) result = Avx.Blend(Avx2.PermuteVar8x32(result, previous), total, 1);
                result = Combine(outer, result);
                if (reverse) result = Avx2.PermuteVar8x32(result, backwards);
                result.Store(destination + at);
            }

            total = Combine(total, Avx2.PermuteVar8x32(value, last));
        }

        return total[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    float Narrow<TMode>(nint start, nint count, float carry, float before)
        where TMode : struct, IMode
    {
        Vector128<float> total = Vector128.Create(carry), outer = Vector128.Create(before), identity = Vector(reducer.Identity<Lanes128<float>>());
        for (nint i = 0; i < count; i += Group)
        {
            var low = Prefix(Quad(start + i), identity);
            var high = Combine(Vector128.Shuffle(low, Vector128.Create(3)), Prefix(Quad(start + i + 4), identity));
            if (TMode.Stores)
            {
                Vector128<float> first = Combine(total, low), second = Combine(total, high);
                if (exclusive)
                {
                    second = Vector128.Shuffle(second, Vector128.Create(0, 0, 1, 2)).WithElement(0, first[3]);
                    first = Vector128.Shuffle(first, Vector128.Create(0, 0, 1, 2)).WithElement(0, total[0]);
                }

                Put(Combine(outer, first), start + i);
                Put(Combine(outer, second), start + i + 4);
            }

            total = Combine(total, Vector128.Shuffle(high, Vector128.Create(3)));
        }

        return total[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector128<float> Prefix(Vector128<float> value, Vector128<float> identity)
    {
        value = Combine(Vector128.Shuffle(value, Vector128.Create(0, 0, 1, 2)).WithElement(0, identity[0]), value);
        return Combine(Vector128.Shuffle(value, Vector128.Create(0, 0, 0, 1)).WithElement(0, identity[0]).WithElement(1, identity[0]), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector128<float> Quad(nint step)
    {
        var value = reverse ? Vector128.Shuffle(Vector128.Load(x + At(step + 3)), Vector128.Create(3, 2, 1, 0)) : Vector128.Load(x + step);
        return Vector(reducer.Map(new Lanes128<float>(value)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Put(Vector128<float> value, nint step)
    {
        if (reverse) Vector128.Shuffle(value, Vector128.Create(3, 2, 1, 0)).Store(destination + At(step + 3));
        else value.Store(destination + step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector256<float> Combine(Vector256<float> left, Vector256<float> right) => Vector(reducer.Combine(new Lanes256<float>(left), new Lanes256<float>(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Vector128<float> Combine(Vector128<float> left, Vector128<float> right) => Vector(reducer.Combine(new Lanes128<float>(left), new Lanes128<float>(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Vector(Lanes256<float> lanes) => Unsafe.BitCast<Lanes256<float>, Vector256<float>>(lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Vector(Lanes128<float> lanes) => Unsafe.BitCast<Lanes128<float>, Vector128<float>>(lanes);

    interface IMode
    {
        static abstract bool Stores { get; }
    }

    readonly struct Stores : IMode
    {
        static bool IMode.Stores => true;
    }

    readonly struct Totals : IMode
    {
        static bool IMode.Stores => false;
    }

    readonly struct Blocks(LineScan<TReducer> line, float* carries, bool stores) : IParallelBody
    {
        public void Invoke(int index)
        {
            if (stores) line.Scan(index, carries[index], stores: true);
            else carries[index] = line.Scan(index, line.Identity, stores: false);
        }
    }
}
