using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>
/// Products of int8 matrices in int32, exact: the multiply-add units of float32 compute them in parts so short that no sum leaves the integers that float32 holds, and the parts are
/// added as integers, which overflow as int32 does.
/// </summary>
static unsafe class Int8Gemm
{
    /// <summary>Steps of which every sum is exact: 1024 products of at most 2¹⁴ make 2²⁴.</summary>
    internal const int ExactSteps = 1024;

    const double ForkWork = 1e5;

    /// <summary>C = A · B.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A, rows of B.</param>
    /// <param name="a">A, m × k; or k × m when it is transposed. Without gaps, as all three.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="b">B, k × n; or n × k when it is transposed.</param>
    /// <param name="transposeB">Whether B is stored transposed.</param>
    /// <param name="c">The result, m × n.</param>
    internal static void Multiply(int m, int n, int k, ReadOnlySpan<sbyte> a, bool transposeA, ReadOnlySpan<sbyte> b, bool transposeB, Span<int> c)
    {
        if (k == 0)
        {
            c.Clear();
            return;
        }

        float* wideA = ScratchMemory.Get<float>(ScratchMemory.Purpose.ConvertedLeft, (long)m * k);
        float* wideB = ScratchMemory.Get<float>(ScratchMemory.Purpose.ConvertedRight, (long)k * n);
        float* sums = ScratchMemory.Get<float>(ScratchMemory.Purpose.Result, (long)m * n);
        fixed (sbyte* left = a, right = b)
        fixed (int* result = c)
        {
            GenericGemm<sbyte>.Convert(transposeA ? k : m, transposeA ? m : k, left, transposeA ? m : k, wideA, transposeA ? m : k);
            GenericGemm<sbyte>.Convert(transposeB ? n : k, transposeB ? k : n, right, transposeB ? k : n, wideB, transposeB ? k : n);
            for (var start = 0; start < k; start += ExactSteps)
            {
                var steps = Math.Min(ExactSteps, k - start);
                Gemm.MultiplyPinned(
                    GemmLevels.Best, m, n, steps, wideA + (transposeA ? (nint)start * m : start), transposeA ? m : k, transposeA, wideB + (transposeB ? start : (nint)start * n), transposeB ? k : n, transposeB, sums, n, false, default);
                if (start == 0)
                {
                    GenericGemm<float>.Convert(m, n, sums, n, result, n);
                    continue;
                }

                var rows = new AddBody { Columns = n, Sums = sums, Result = result };
                WorkerPool.Run(m, ref rows, forks: (double)m * n >= ForkWork);
            }
        }
    }

    struct AddBody : IParallelBody
    {
        internal int Columns;
        internal float* Sums;
        internal int* Result;

        public readonly void Invoke(int index)
        {
            var row = new Span<float>(Sums + (nint)index * Columns, Columns);
            var result = new Span<int>(Result + (nint)index * Columns, Columns);
            for (var i = 0; i < row.Length; i++) result[i] = unchecked(result[i] + (int)row[i]);
        }
    }
}
