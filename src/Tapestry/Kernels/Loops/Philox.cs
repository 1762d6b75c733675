using System.Runtime.CompilerServices;

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
}
