using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>
/// Matrix products, row-major: C = epilogue(op(A)·op(B) [+ C]). op(A) is m × k: A itself with <c>lda</c> elements between rows, or, transposed, a stored
/// k × m matrix; likewise op(B), k × n. The bits of a result depend on the shapes and the vector width, never on the number of threads.
/// </summary>
static unsafe class Gemm
{
    /// <summary>The fewest steps of a sum that is cut into parts.</summary>
    internal const int SplitSteps = 4096;

    const int TurnedSteps = 1024;

    /// <summary>C = epilogue(op(A)·op(B) [+ C]) in float32.</summary>
    [OverloadResolutionPriority(1)]
    internal static void Multiply(
        int m, int n, int k, ReadOnlySpan<float> a, int lda, bool transposeA, ReadOnlySpan<float> b, int ldb, bool transposeB,
        Span<float> c, int ldc, bool accumulate = false, in GemmEpilogue<float> epilogue = default) =>
        Multiply(GemmLevels.Best, m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, accumulate, epilogue);

    /// <summary>C = epilogue(op(A)·op(B) [+ C]) in float64.</summary>
    [OverloadResolutionPriority(1)]
    internal static void Multiply(
        int m, int n, int k, ReadOnlySpan<double> a, int lda, bool transposeA, ReadOnlySpan<double> b, int ldb, bool transposeB,
        Span<double> c, int ldc, bool accumulate = false, in GemmEpilogue<double> epilogue = default) =>
        Multiply(GemmLevels.Best, m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, accumulate, epilogue);

    /// <summary>C = op(A)·op(B) [+ C] for any number. 16-bit floats are multiplied and summed in float32 and rounded once; everything else in its own arithmetic.</summary>
    internal static void Multiply<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int lda, bool transposeA, ReadOnlySpan<T> b, int ldb, bool transposeB, Span<T> c, int ldc, bool accumulate = false)
        where T : unmanaged, INumberBase<T>
    {
        if (m == 0 || n == 0)
            return;
        AssertFits(m, n, k, a.Length, lda, transposeA, b.Length, ldb, transposeB, c.Length, ldc);
        fixed (T* pa = a, pb = b, pc = c)
        {
            if (typeof(T) == typeof(float))
                MultiplyPinned(GemmLevels.Best, m, n, k, (float*)pa, lda, transposeA, (float*)pb, ldb, transposeB, (float*)pc, ldc, accumulate, default);
            else if (typeof(T) == typeof(double))
                MultiplyPinned(GemmLevels.Best, m, n, k, (double*)pa, lda, transposeA, (double*)pb, ldb, transposeB, (double*)pc, ldc, accumulate, default);
            else if (GenericGemm<T>.IsNarrowFloat)
                GenericGemm<T>.MultiplyWidened(m, n, k, pa, lda, transposeA, pb, ldb, transposeB, pc, ldc, accumulate);
            else
                GenericGemm<T>.Multiply(m, n, k, pa, lda, transposeA, pb, ldb, transposeB, pc, ldc, accumulate);
        }
    }

    /// <summary>
    /// <paramref name="batch"/> products; matrix number i of an operand starts at i times its batch stride, so a stride of 0 uses one matrix for all. The
    /// epilogue may have a bias and an activation but no residual.
    /// </summary>
    internal static void BatchedMultiply<T>(
        int batch, int m, int n, int k, ReadOnlySpan<T> a, int lda, bool transposeA, long batchStrideA, ReadOnlySpan<T> b, int ldb, bool transposeB, long batchStrideB,
        Span<T> c, int ldc, long batchStrideC, bool accumulate = false, in GemmEpilogue<T> epilogue = default)
        where T : unmanaged, INumberBase<T>
    {
        if (batch == 0 || m == 0 || n == 0)
            return;
        Debug.Assert(epilogue.Residual.IsEmpty, "A batched product takes no residual.");
        Debug.Assert((epilogue.IsEmpty && epilogue.Finish.IsEmpty) || typeof(T) == typeof(float) || typeof(T) == typeof(double), "Only float32 and float64 products take an epilogue.");
        Debug.Assert(batchStrideC != 0 || batch == 1, "Results of a batch must not overlap.");
        fixed (T* pa = a, pb = b, pc = c, bias = epilogue.Bias)
        {
            // One right matrix for all and gapless rows: it is one tall product.
            if (batchStrideB == 0 && !transposeA && batchStrideA == (long)m * lda && batchStrideC == (long)m * ldc && (long)batch * m <= int.MaxValue)
            {
                m *= batch;
                batch = 1;
            }

            Debug.Assert(epilogue.Finish.IsEmpty || batch == 1, "The blocks of one product are finished.");
            double work = (double)m * n * k;
            var body = new BatchBody<T>
            {
                Batch = batch, Group = work >= 2e6 ? 1 : (int)Math.Min(batch, Math.Max(1, 5e5 / Math.Max(1, work))),
                M = m, N = n, K = k, A = pa, Lda = lda, TransposeA = transposeA, StrideA = (nint)batchStrideA, B = pb, Ldb = ldb, TransposeB = transposeB, StrideB = (nint)batchStrideB,
                C = pc, Ldc = ldc, StrideC = (nint)batchStrideC, Accumulate = accumulate,
                Epilogue = new PinnedEpilogue<T> { Bias = bias, Activation = epilogue.Activation, Slope = epilogue.Slope, Finish = epilogue.Finish },
            };
            int groups = (batch + body.Group - 1) / body.Group;

            // Products that fill all threads by themselves run one after the other.
            if (batch == 1 || work * batch < 2e6 || work >= 3e7)
            {
                for (int i = 0; i < groups; i++)
                    body.Invoke(i);
            }
            else
            {
                WorkerPool.Run(groups, ref body);
            }
        }
    }

    /// <summary>Dimensions of a small product that is cut and packed as one of these dimensions is.</summary>
    internal static (int M, int N, int K) Rehearsal(int m, int n, int k)
    {
        bool isTall = IsTall(m, n, k);
        int columns = Math.Min(n, 256);
        return (Math.Min(m, isTall ? columns + 1 : 32), columns, IsLong(m, n, k) ? SplitSteps : Math.Min(k, isTall ? TurnedSteps : 512));
    }

    /// <summary>Whether the sums are so long, and long compared with the other dimensions, that they are cut into parts where there is other work for all threads.</summary>
    internal static bool IsLong(int m, int n, int k) => k >= SplitSteps && k / 8 >= Math.Max(m, n);

    /// <summary>
    /// Whether a product of two operands whose rows are steps is computed so that the wider operand is the right one, of which each tile's columns are read once and copied in passing; the
    /// narrower one is near after its first use. The result's transpose that is the outcome is turned in the end.
    /// </summary>
    internal static bool IsTall(int m, int n, int k) => n < m && k >= TurnedSteps;

    /// <summary>The float32 product at a vector width that the caller chooses.</summary>
    internal static void Multiply(
        GemmLevel level, int m, int n, int k, ReadOnlySpan<float> a, int lda, bool transposeA, ReadOnlySpan<float> b, int ldb, bool transposeB,
        Span<float> c, int ldc, bool accumulate, in GemmEpilogue<float> epilogue)
    {
        if (m == 0 || n == 0)
            return;
        AssertFits(m, n, k, a.Length, lda, transposeA, b.Length, ldb, transposeB, c.Length, ldc);
        Debug.Assert(epilogue.Bias.IsEmpty || epilogue.Bias.Length >= n, "A bias has one value per column.");
        fixed (float* pa = a, pb = b, pc = c, bias = epilogue.Bias, residual = epilogue.Residual)
            MultiplyPinned(level, m, n, k, pa, lda, transposeA, pb, ldb, transposeB, pc, ldc, accumulate, epilogue.Pin(bias, residual));
    }

    /// <summary>The float64 product at a vector width that the caller chooses.</summary>
    internal static void Multiply(
        GemmLevel level, int m, int n, int k, ReadOnlySpan<double> a, int lda, bool transposeA, ReadOnlySpan<double> b, int ldb, bool transposeB,
        Span<double> c, int ldc, bool accumulate, in GemmEpilogue<double> epilogue)
    {
        if (m == 0 || n == 0)
            return;
        AssertFits(m, n, k, a.Length, lda, transposeA, b.Length, ldb, transposeB, c.Length, ldc);
        Debug.Assert(epilogue.Bias.IsEmpty || epilogue.Bias.Length >= n, "A bias has one value per column.");
        fixed (double* pa = a, pb = b, pc = c, bias = epilogue.Bias, residual = epilogue.Residual)
            MultiplyPinned(level, m, n, k, pa, lda, transposeA, pb, ldb, transposeB, pc, ldc, accumulate, epilogue.Pin(bias, residual));
    }

    /// <summary>The product over pinned or native memory.</summary>
    internal static void MultiplyPinned<T>(
        GemmLevel level, int m, int n, int k, T* a, nint lda, bool transposeA, T* b, nint ldb, bool transposeB, T* c, nint ldc, bool accumulate, in PinnedEpilogue<T> epilogue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        GemmLevels.Run<T, Product<T>>(level, new Product<T>
        {
            M = m, N = n, K = k, A = a, ARow = transposeA ? 1 : lda, AStep = transposeA ? lda : 1, B = b, BStep = transposeB ? 1 : ldb, BColumn = transposeB ? ldb : 1,
            C = c, Ldc = ldc, Accumulate = accumulate, Epilogue = epilogue,
        });
    }

    /// <summary>The vector itself, or a copy without gaps.</summary>
    static T* Contiguous<T>(T* x, nint step, int count)
        where T : unmanaged
    {
        if (step == 1)
            return x;
        T* copy = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedLeft, count);
        for (int i = 0; i < count; i++)
            copy[i] = x[i * step];
        return copy;
    }

    [Conditional("DEBUG")]
    static void AssertFits(int m, int n, int k, int lengthA, int lda, bool transposeA, int lengthB, int ldb, bool transposeB, int lengthC, int ldc)
    {
        Debug.Assert(Fits(lengthA, transposeA ? k : m, transposeA ? m : k, lda), "The left operand is shorter than its shape.");
        Debug.Assert(Fits(lengthB, transposeB ? n : k, transposeB ? k : n, ldb), "The right operand is shorter than its shape.");
        Debug.Assert(Fits(lengthC, m, n, ldc), "The result is shorter than its shape.");
    }

    static bool Fits(int length, int rows, int columns, int stride) =>
        rows == 0 || columns == 0 || ((stride >= columns || rows == 1) && length >= (long)(rows - 1) * stride + columns);

    /// <summary>A product of pinned matrices. One stride of each operand is 1.</summary>
    struct Product<T> : IWidthWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal int M, N, K;
        internal T* A, B, C;
        internal nint ARow, AStep, BStep, BColumn, Ldc;
        internal bool Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Run<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
        {
            if (K > 0 && (N == 1 || M == 1))
                RunVector<TVector, TUnit>();
            else
                GemmDriver<T, TVector, TUnit>.Run(M, N, K, new LeftMatrix<T>(A, ARow, AStep), new RightMatrix<T>(B, BStep, BColumn), new MatrixResult<T>(C, Ldc), Accumulate, Epilogue);
        }

        // Apart, so that products of matrices need not wait for what these are made of.
        readonly void RunVector<TVector, TUnit>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
        {
            if (N == 1 && M > 1)
            {
                if (AStep == 1)
                    GemvKernel<T, TVector, TUnit>.Rows(M, K, A, ARow, Contiguous(B, BStep, K), C, Ldc, outputsAreRows: true, Accumulate, Epilogue);
                else
                    GemvKernel<T, TVector, TUnit>.Columns(M, K, A, AStep, B, BStep, C, Ldc, outputsAreRows: true, Accumulate, Epilogue);
            }
            else if (BColumn == 1)
            {
                GemvKernel<T, TVector, TUnit>.Columns(N, K, B, BStep, A, AStep, C, 1, outputsAreRows: false, Accumulate, Epilogue);
            }
            else
            {
                GemvKernel<T, TVector, TUnit>.Rows(N, K, B, BColumn, Contiguous(A, AStep, K), C, 1, outputsAreRows: false, Accumulate, Epilogue);
            }
        }
    }

    /// <summary>A group of the products of a batch per index.</summary>
    struct BatchBody<T> : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        internal int Batch, Group, M, N, K, Lda, Ldb, Ldc;
        internal T* A;
        internal T* B;
        internal T* C;
        internal nint StrideA, StrideB, StrideC;
        internal bool TransposeA, TransposeB, Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            int end = (int)Math.Min(Batch, ((long)index + 1) * Group);
            for (int i = index * Group; i < end; i++)
            {
                T* a = A + i * StrideA, b = B + i * StrideB, c = C + i * StrideC;
                if (typeof(T) == typeof(float))
                    MultiplyPinned(GemmLevels.Best, M, N, K, (float*)a, Lda, TransposeA, (float*)b, Ldb, TransposeB, (float*)c, Ldc, Accumulate, Epilogue.As<float>());
                else if (typeof(T) == typeof(double))
                    MultiplyPinned(GemmLevels.Best, M, N, K, (double*)a, Lda, TransposeA, (double*)b, Ldb, TransposeB, (double*)c, Ldc, Accumulate, Epilogue.As<double>());
                else if (GenericGemm<T>.IsNarrowFloat)
                    GenericGemm<T>.MultiplyWidened(M, N, K, a, Lda, TransposeA, b, Ldb, TransposeB, c, Ldc, Accumulate);
                else
                    GenericGemm<T>.Multiply(M, N, K, a, Lda, TransposeA, b, Ldb, TransposeB, c, Ldc, Accumulate);
            }
        }
    }
}
