using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>
/// How many float32 operations a second the processor can do at most, measured by a loop of multiply-adds that stays in registers: the
/// denominator of "share of the limit", in which clock and vendor drop out.
/// </summary>
static class MultiplyAddLimit
{
    const int Rounds = 200_000;
    const int Chains = 12;

    static float sink;

    /// <summary>The width of the vectors in bits.</summary>
    internal static int VectorBits => Avx512F.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Operations a second, the best of several samples.</summary>
    /// <param name="threads">How many threads run the loop at once.</param>
    internal static double Measure(int threads)
    {
        Loop();
        Loop();
        double best = 0;
        for (var sample = 0; sample < 3; sample++)
        {
            const int Repeats = 8;
            using var start = new Barrier(threads);
            var rates = new double[threads];
            var workers = Enumerable.Range(0, threads).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                var clock = Stopwatch.StartNew();
                for (var i = 0; i < Repeats; i++) Loop();
                rates[number] = Repeats * (double)Rounds * Chains * 2 * (VectorBits / 32) / clock.Elapsed.TotalSeconds;
            })).ToArray();
            foreach (var worker in workers) worker.Start();
            foreach (var worker in workers) worker.Join();
            best = Math.Max(best, rates.Sum());
        }

        return best;
    }

    static void Loop()
    {
        if (VectorBits == 512) Loop512();
        else if (VectorBits == 256) Loop256();
        else Loop128();
    }

    // Twelve independent chains hide the latency of every machine known; the factors keep the values normal.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop512()
    {
        Vector512<float> factor = Vector512.Create(0.999f), step = Vector512.Create(0.001f);
        Vector512<float> a = step, b = step, c = step, d = step, e = step, f = step, g = step, h = step, i = step, j = step, k = step, l = step;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, step);
            b = Vector512.FusedMultiplyAdd(b, factor, step);
            c = Vector512.FusedMultiplyAdd(c, factor, step);
            d = Vector512.FusedMultiplyAdd(d, factor, step);
            e = Vector512.FusedMultiplyAdd(e, factor, step);
            f = Vector512.FusedMultiplyAdd(f, factor, step);
            g = Vector512.FusedMultiplyAdd(g, factor, step);
            h = Vector512.FusedMultiplyAdd(h, factor, step);
            i = Vector512.FusedMultiplyAdd(i, factor, step);
            j = Vector512.FusedMultiplyAdd(j, factor, step);
            k = Vector512.FusedMultiplyAdd(k, factor, step);
            l = Vector512.FusedMultiplyAdd(l, factor, step);
        }

        sink = Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop256()
    {
        Vector256<float> factor = Vector256.Create(0.999f), step = Vector256.Create(0.001f);
        Vector256<float> a = step, b = step, c = step, d = step, e = step, f = step, g = step, h = step, i = step, j = step, k = step, l = step;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, factor, step);
            b = Vector256.FusedMultiplyAdd(b, factor, step);
            c = Vector256.FusedMultiplyAdd(c, factor, step);
            d = Vector256.FusedMultiplyAdd(d, factor, step);
            e = Vector256.FusedMultiplyAdd(e, factor, step);
            f = Vector256.FusedMultiplyAdd(f, factor, step);
            g = Vector256.FusedMultiplyAdd(g, factor, step);
            h = Vector256.FusedMultiplyAdd(h, factor, step);
            i = Vector256.FusedMultiplyAdd(i, factor, step);
            j = Vector256.FusedMultiplyAdd(j, factor, step);
            k = Vector256.FusedMultiplyAdd(k, factor, step);
            l = Vector256.FusedMultiplyAdd(l, factor, step);
        }

        sink = Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop128()
    {
        Vector128<float> factor = Vector128.Create(0.999f), step = Vector128.Create(0.001f);
        Vector128<float> a = step, b = step, c = step, d = step, e = step, f = step, g = step, h = step, i = step, j = step, k = step, l = step;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector128.FusedMultiplyAdd(a, factor, step);
            b = Vector128.FusedMultiplyAdd(b, factor, step);
            c = Vector128.FusedMultiplyAdd(c, factor, step);
            d = Vector128.FusedMultiplyAdd(d, factor, step);
            e = Vector128.FusedMultiplyAdd(e, factor, step);
            f = Vector128.FusedMultiplyAdd(f, factor, step);
            g = Vector128.FusedMultiplyAdd(g, factor, step);
            h = Vector128.FusedMultiplyAdd(h, factor, step);
            i = Vector128.FusedMultiplyAdd(i, factor, step);
            j = Vector128.FusedMultiplyAdd(j, factor, step);
            k = Vector128.FusedMultiplyAdd(k, factor, step);
            l = Vector128.FusedMultiplyAdd(l, factor, step);
        }

        sink = Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
