using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// The state of the counter-based generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a key and a 128-bit
/// counter. Each counter value gives four 32-bit words, whatever was drawn before.
/// </summary>
readonly record struct Philox(ulong Key, ulong CounterLow, ulong CounterHigh)
{
    /// <summary>The state that TensorFlow's stateless functions derive from a pair of seeds.</summary>
    public static Philox FromSeed(long first, long second)
    {
        var words = new Philox(0x02461E293EC8F720UL, (ulong)first, (ulong)second).Words(0);
        return new(words.A | (ulong)words.B << 32, 0, words.C | (ulong)words.D << 32);
    }

    /// <summary>The state after <paramref name="groups"/> groups of four words.</summary>
    public Philox Skip(ulong groups)
    {
        var low = unchecked(CounterLow + groups);
        return this with { CounterLow = low, CounterHigh = unchecked(CounterHigh + (low < groups ? 1UL : 0UL)) };
    }

    /// <summary>The four words of the group at a distance from this state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (uint A, uint B, uint C, uint D) Words(ulong group)
    {
        unchecked
        {
            var low = CounterLow + group;
            var high = CounterHigh + (low < group ? 1UL : 0UL);
            uint a = (uint)low, b = (uint)(low >> 32), c = (uint)high, d = (uint)(high >> 32);
            uint keyLow = (uint)Key, keyHigh = (uint)(Key >> 32);
            for (var round = 0; round < 10; round++)
            {
                ulong first = 0xD2511F53UL * a, second = 0xCD9E8D57UL * c;
                (a, b, c, d) = ((uint)(second >> 32) ^ b ^ keyLow, (uint)second, (uint)(first >> 32) ^ d ^ keyHigh, (uint)first);
                keyLow += 0x9E3779B9;
                keyHigh += 0xBB67AE85;
            }
            return (a, b, c, d);
        }
    }

    /// <summary>The words of consecutive groups, in their order.</summary>
    /// <param name="group">The distance of the first one from this state.</param>
    /// <param name="groups">How many.</param>
    /// <param name="destination">Four words each.</param>
    public unsafe void Words(ulong group, int groups, uint* destination)
    {
        var done = 0;
        if (Avx2.IsSupported)
        {
            for (; done <= groups - 4; done += 4) FourGroups(unchecked(group + (ulong)done), destination + (4 * done));
        }

        for (; done < groups; done++) (destination[4 * done], destination[(4 * done) + 1], destination[(4 * done) + 2], destination[(4 * done) + 3]) = Words(unchecked(group + (ulong)done));
    }

    // One group in each lane of 64 bits, of which the lower half counts: what is in the upper ones meets no multiplication.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    unsafe void FourGroups(ulong group, uint* destination)
    {
        var (first, second, third, fourth) = (Skip(group), Skip(unchecked(group + 1)), Skip(unchecked(group + 2)), Skip(unchecked(group + 3)));
        var a = Vector256.Create(first.CounterLow, second.CounterLow, third.CounterLow, fourth.CounterLow);
        var c = Vector256.Create(first.CounterHigh, second.CounterHigh, third.CounterHigh, fourth.CounterHigh);
        Vector256<ulong> b = a >>> 32, d = c >>> 32;
        Vector256<uint> keyLow = Vector256.Create(Key).AsUInt32(), keyHigh = Vector256.Create(Key >> 32).AsUInt32();
        Vector256<uint> lowFactor = Vector256.Create(0xD2511F53U), highFactor = Vector256.Create(0xCD9E8D57U);
        for (var round = 0; round < 10; round++)
        {
            Vector256<ulong> low = Avx2.Multiply(a.AsUInt32(), lowFactor), high = Avx2.Multiply(c.AsUInt32(), highFactor);
            (a, b, c, d) = ((high >>> 32) ^ b ^ keyLow.AsUInt64(), high, (low >>> 32) ^ d ^ keyHigh.AsUInt64(), low);
            keyLow += Vector256.Create(0x9E3779B9U);
            keyHigh += Vector256.Create(0xBB67AE85U);
        }

        var lower = Vector256.Create(0xFFFFFFFFUL);
        Vector256<ulong> ab = (a & lower) | (b << 32), cd = (c & lower) | (d << 32);
        Vector256<ulong> even = Avx2.UnpackLow(ab, cd), odd = Avx2.UnpackHigh(ab, cd);
        Avx2.Permute2x128(even, odd, 0x20).AsUInt32().Store(destination);
        Avx2.Permute2x128(even, odd, 0x31).AsUInt32().Store(destination + 8);
    }
}
