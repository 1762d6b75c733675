using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Fills spans with random numbers. Element i depends on the state and on i alone, so neither threads nor the order of filling matter. The streams
/// are those of TensorFlow's Philox kernels: the same words, taken in the same order.
/// </summary>
[SkipLocalsInit]
static unsafe class RandomLoop
{
    // A truncated sample may need many draws, so each group of results owns this many words per element.
    const int ReservedPerElement = 256;
    const float TwoPi = 6.2831855f;
    const int Pairs = 256;

    // Words that are drawn at once; the vectors of the rest may read on to a multiple of eight.
    const int Tile = 512;

    /// <summary>Groups of four words that a fill of <paramref name="count"/> elements of a size advances the counter by.</summary>
    public static ulong Groups<T>(nint count) where T : unmanaged => (ulong)((count + PerGroup<T>() - 1) / PerGroup<T>());

    static int PerGroup<T>() where T : unmanaged => sizeof(T) == 8 ? 2 : 4;

    /// <summary>Random words.</summary>
    public static void Bits(Philox state, Span<uint> destination) => Fill<uint, BitsOf32>(state, default, destination);

    /// <summary>Random double words.</summary>
    public static void Bits(Philox state, Span<ulong> destination) => Fill<ulong, BitsOf64>(state, default, destination);

    /// <summary>Multiples of 2⁻²³ in [0, 1).</summary>
    public static void Uniform(Philox state, Span<float> destination) => Fill(state, default(Fractions), destination);

    /// <summary>A scale where a multiple of 2⁻²³ in [0, 1) is at least a rate, else 0.</summary>
    public static void Keep(Philox state, float rate, float scale, Span<float> destination) => Fill(state, new Kept(rate, scale), destination);

    /// <summary>Multiples of 2⁻⁵² in [0, 1).</summary>
    public static void Uniform(Philox state, Span<double> destination) => Fill<double, UniformDouble>(state, default, destination);

    /// <summary>Multiples of 2⁻¹⁰ in [0, 1).</summary>
    public static void Uniform(Philox state, Span<Half> destination) => Fill<Half, UniformHalf>(state, default, destination);

    /// <summary>Multiples of 2⁻⁷ in [0, 1).</summary>
    public static void Uniform(Philox state, Span<BFloat16> destination) => Fill<BFloat16, UniformBFloat16>(state, default, destination);

    /// <summary>Integers in [low, high); the remainder's slight bias is TensorFlow's.</summary>
    public static void Uniform(Philox state, int low, int high, Span<int> destination)
        => Fill<int, RangeOf32>(state, new(low, unchecked((uint)(high - low))), destination);

    /// <summary>Integers in [low, high).</summary>
    public static void Uniform(Philox state, long low, long high, Span<long> destination)
        => Fill<long, RangeOf64>(state, new(low, unchecked((ulong)(high - low))), destination);

    /// <summary>Standard normal numbers by the transform of Box and Muller.</summary>
    public static void Normal(Philox state, Span<float> destination)
    {
        fixed (float* result = destination)
        {
            var chunks = new NormalChunks(state, result);
            LoopChunks.Run(destination.Length, ref chunks);
        }
    }

    /// <summary>Standard normal numbers.</summary>
    public static void Normal(Philox state, Span<double> destination) => Fill<double, NormalDouble>(state, default, destination);

    /// <summary>Standard normal numbers, those beyond ±2 drawn anew.</summary>
    public static void TruncatedNormal(Philox state, Span<float> destination)
    {
        fixed (float* result = destination)
        {
            var items = new TruncatedSingle(state, result, destination.Length);
            LoopChunks.RunItems((destination.Length + 3) / 4, 64, ref items);
        }
    }

    /// <summary>Standard normal numbers, those beyond ±2 drawn anew.</summary>
    public static void TruncatedNormal(Philox state, Span<double> destination)
    {
        fixed (double* result = destination)
        {
            var items = new TruncatedDouble(state, result, destination.Length);
            LoopChunks.RunItems((destination.Length + 1) / 2, 64, ref items);
        }
    }

    static void Fill<T, TDistribution>(Philox state, TDistribution distribution, Span<T> destination)
        where T : unmanaged
        where TDistribution : struct, IDistribution<T>
    {
        fixed (T* result = destination)
        {
            var chunks = new Chunks<T, TDistribution>(state, distribution, result);
            LoopChunks.Run(destination.Length, ref chunks);
        }
    }

    static void Fill<TMap>(Philox state, TMap map, Span<float> destination)
        where TMap : struct, IFractionMap
    {
        fixed (float* result = destination)
        {
            var chunks = new FractionChunks<TMap>(state, map, result);
            LoopChunks.Run(destination.Length, ref chunks);
        }
    }

    // Chunks start at multiples of a group.
    readonly struct Chunks<T, TDistribution>(Philox state, TDistribution distribution, T* destination) : IChunkBody
        where T : unmanaged
        where TDistribution : struct, IDistribution<T>
    {
        public void Invoke(nint start, nint count)
        {
            var perGroup = PerGroup<T>();
            var group = (ulong)(start / perGroup);
            var result = destination + start;
            T* last = stackalloc T[4];
            uint* words = stackalloc uint[Tile];
            for (; count >= perGroup; group += Tile / 4)
            {
                var groups = (int)Math.Min(Tile / 4, count / perGroup);
                state.Words(group, groups, words);
                for (var g = 0; g < groups; g++, count -= perGroup, result += perGroup) distribution.Draw((words[4 * g], words[(4 * g) + 1], words[(4 * g) + 2], words[(4 * g) + 3]), result);
            }

            if (count == 0) return;
            distribution.Draw(state.Words((ulong)((result - destination) / perGroup)), last);
            for (nint i = 0; i < count; i++) result[i] = last[i];
        }
    }

    /// <summary>Makes numbers of fractions in [0, 1), several at once.</summary>
    interface IFractionMap
    {
        Vector256<float> Invoke(Vector256<float> fractions);
    }

    readonly struct FractionChunks<TMap>(Philox state, TMap map, float* destination) : IChunkBody
        where TMap : struct, IFractionMap
    {
        public void Invoke(nint start, nint count)
        {
            uint* words = stackalloc uint[Tile];
            for (nint i = 0; i < count; i += Tile)
            {
                var part = (int)Math.Min(Tile, count - i);
                state.Words((ulong)((start + i) / 4), (part + 3) / 4, words);
                var result = destination + start + i;
                var done = 0;
                for (; done <= part - Vector256<float>.Count; done += Vector256<float>.Count) map.Invoke(Singles(Vector256.Load(words + done))).Store(result + done);
                if (done == part) continue;
                // What lies behind the last words is computed too, but not stored.
                var rest = map.Invoke(Singles(Vector256.Load(words + done)));
                for (var j = 0; done + j < part; j++) result[done + j] = rest[j];
            }
        }
    }

    readonly struct Fractions : IFractionMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> fractions) => fractions;
    }

    readonly struct Kept(float rate, float scale) : IFractionMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> fractions) => Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(fractions, Vector256.Create(rate)), Vector256.Create(scale), Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Singles(Vector256<uint> words) => (Vector256.Create(0x3F800000U) | (words & Vector256.Create(0x7FFFFFU))).AsSingle() - Vector256<float>.One;

    /// <summary>Turns one group of words into two or four numbers.</summary>
    interface IDistribution<T> where T : unmanaged
    {
        void Draw((uint A, uint B, uint C, uint D) words, T* destination);
    }

    // The fraction's bits from the word, the exponent's from 1: a number in [1, 2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Single(uint word) => BitConverter.UInt32BitsToSingle(0x3F800000 | (word & 0x7FFFFF)) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double Double(uint high, uint low) => BitConverter.UInt64BitsToDouble(0x3FF0000000000000 | (ulong)(high & 0xFFFFF) << 32 | low) - 1;

    readonly struct BitsOf32 : IDistribution<uint>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, uint* destination)
            => (destination[0], destination[1], destination[2], destination[3]) = words;
    }

    readonly struct BitsOf64 : IDistribution<ulong>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, ulong* destination)
        {
            destination[0] = words.A | (ulong)words.B << 32;
            destination[1] = words.C | (ulong)words.D << 32;
        }
    }

    readonly struct UniformDouble : IDistribution<double>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, double* destination)
        {
            destination[0] = Double(words.A, words.B);
            destination[1] = Double(words.C, words.D);
        }
    }

    readonly struct UniformHalf : IDistribution<Half>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, Half* destination)
        {
            destination[0] = Fraction(words.A);
            destination[1] = Fraction(words.B);
            destination[2] = Fraction(words.C);
            destination[3] = Fraction(words.D);
        }

        static Half Fraction(uint word) => (Half)((word & 0x3FF) * (1f / 1024));
    }

    readonly struct UniformBFloat16 : IDistribution<BFloat16>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, BFloat16* destination)
        {
            destination[0] = Fraction(words.A);
            destination[1] = Fraction(words.B);
            destination[2] = Fraction(words.C);
            destination[3] = Fraction(words.D);
        }

        static BFloat16 Fraction(uint word) => (BFloat16)((word & 0x7F) * (1f / 128));
    }

    readonly struct RangeOf32(int low, uint range) : IDistribution<int>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, int* destination)
        {
            unchecked
            {
                destination[0] = low + (int)(words.A % range);
                destination[1] = low + (int)(words.B % range);
                destination[2] = low + (int)(words.C % range);
                destination[3] = low + (int)(words.D % range);
            }
        }
    }

    readonly struct RangeOf64(long low, ulong range) : IDistribution<long>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, long* destination)
        {
            unchecked
            {
                destination[0] = low + (long)((words.A | (ulong)words.B << 32) % range);
                destination[1] = low + (long)((words.C | (ulong)words.D << 32) % range);
            }
        }
    }

    readonly struct NormalDouble : IDistribution<double>
    {
        public void Draw((uint A, uint B, uint C, uint D) words, double* destination)
        {
            var radius = Math.Sqrt(-2 * Math.Log(Math.Max(Double(words.A, words.B), 1e-7)));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * Double(words.C, words.D));
            destination[0] = sine * radius;
            destination[1] = cosine * radius;
        }
    }

    readonly struct RadiusBody : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sqrt(V.Create(-2.0) * V.Log(x));
    }

    readonly struct SinBody : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sin(x);
    }

    readonly struct CosBody : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Cos(x);
    }

    readonly struct NormalChunks(Philox state, float* destination) : IChunkBody
    {
        public void Invoke(nint start, nint count)
        {
            uint* words = stackalloc uint[2 * Pairs];
            float* radius = stackalloc float[Pairs], sine = stackalloc float[Pairs], cosine = stackalloc float[Pairs];
            for (nint i = 0; i < count; i += 2 * Pairs)
            {
                var part = Math.Min(2 * Pairs, count - i);
                var groups = (int)((part + 3) / 4);
                state.Words((ulong)((start + i) / 4), groups, words);
                for (var pair = 0; pair < 2 * groups; pair++)
                {
                    radius[pair] = Math.Max(Single(words[2 * pair]), 1e-7f);
                    sine[pair] = TwoPi * Single(words[(2 * pair) + 1]);
                }

                UnaryLoop.Run<CosBody, float, ValueOutput>(default, sine, (byte*)cosine, 2 * groups);
                UnaryLoop.Run<SinBody, float, ValueOutput>(default, sine, (byte*)sine, 2 * groups);
                UnaryLoop.Run<RadiusBody, float, ValueOutput>(default, radius, (byte*)radius, 2 * groups);
                var result = destination + start + i;
                for (nint j = 0; j < part; j++) result[j] = ((j & 1) == 0 ? sine : cosine)[j / 2] * radius[j / 2];
            }
        }
    }

    /// <summary>Takes the words of a generator one at a time.</summary>
    struct WordReader(Philox state)
    {
        (uint A, uint B, uint C, uint D) words;
        ulong taken;

        public uint Next()
        {
            if (taken % 4 == 0) words = state.Words(taken / 4);
            return (taken++ % 4) switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D };
        }
    }

    readonly struct TruncatedSingle(Philox state, float* destination, nint count) : IItemBody
    {
        public void Invoke(nint item)
        {
            var reader = new WordReader(state.Skip((ulong)item * ReservedPerElement));
            var result = destination + item * 4;
            var wanted = Math.Min(4, count - item * 4);
            for (nint found = 0; found < wanted;)
            {
                var radius = MathF.Sqrt(-2 * MathF.Log(Math.Max(Single(reader.Next()), 1e-7f)));
                var (sine, cosine) = MathF.SinCos(TwoPi * Single(reader.Next()));
                if (Math.Abs(sine * radius) < 2) result[found++] = sine * radius;
                if (found < wanted && Math.Abs(cosine * radius) < 2) result[found++] = cosine * radius;
            }
        }
    }

    readonly struct TruncatedDouble(Philox state, double* destination, nint count) : IItemBody
    {
        public void Invoke(nint item)
        {
            var reader = new WordReader(state.Skip((ulong)item * (ReservedPerElement / 2)));
            var result = destination + item * 2;
            var wanted = Math.Min(2, count - item * 2);
            for (nint found = 0; found < wanted;)
            {
                var radius = Math.Sqrt(-2 * Math.Log(Math.Max(Double(reader.Next(), reader.Next()), 1e-7)));
                var (sine, cosine) = Math.SinCos(2 * Math.PI * Double(reader.Next(), reader.Next()));
                if (Math.Abs(sine * radius) < 2) result[found++] = sine * radius;
                if (found < wanted && Math.Abs(cosine * radius) < 2) result[found++] = cosine * radius;
            }
        }
    }
}
