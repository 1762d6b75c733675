using System.Numerics;
using System.Numerics.Tensors;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>Products of types without an own micro-kernel: integers, complex numbers, and 16-bit floats by way of float32.</summary>
static unsafe class GenericGemm<T>
    where T : unmanaged, INumberBase<T>
{
    const int BlockRows = 16;
    const int BlockSteps = 64;
    const double ForkWork = 1e5;

    /// <summary>Whether T is a 16-bit float (Half, bfloat16): two bytes that can hold one half.</summary>
    internal static bool IsNarrowFloat { get; } = sizeof(T) == 2 && T.CreateTruncating(0.5) != T.Zero;

    /// <summary>C = op(A)·op(B) [+ C] in T's own arithmetic; integers wrap around.</summary>
    internal static void Multiply(int m, int n, int k, T* a, nint lda, bool transposeA, T* b, nint ldb, bool transposeB, T* c, nint ldc, bool accumulate)
    {
        if (transposeB && k > 0)
        {
            T* turned = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedRight, (long)k * n);
            Packing.Transpose(b, ldb, 1, n, k, turned, n);
            b = turned;
            ldb = n;
        }

        var body = new RowBody
        {
            M = m, N = n, K = k, A = a, ARow = transposeA ? 1 : lda, AStep = transposeA ? lda : 1, B = b, Ldb = ldb, C = c, Ldc = ldc, Accumulate = accumulate,
        };
        int blocks = (m + BlockRows - 1) / BlockRows;
        WorkerPool.Run(blocks, ref body, forks: (double)m * n * k >= ForkWork);
    }

    /// <summary>C = op(A)·op(B) [+ C], multiplied and summed in float32 and rounded to T once.</summary>
    internal static void MultiplyWidened(int m, int n, int k, T* a, nint lda, bool transposeA, T* b, nint ldb, bool transposeB, T* c, nint ldc, bool accumulate)
    {
        int rowsA = transposeA ? k : m, columnsA = transposeA ? m : k, rowsB = transposeB ? n : k, columnsB = transposeB ? k : n;
        float* wideA = ScratchMemory.Get<float>(ScratchMemory.Purpose.ConvertedLeft, (long)m * k);
        float* wideB = ScratchMemory.Get<float>(ScratchMemory.Purpose.ConvertedRight, (long)k * n);
        float* wideC = ScratchMemory.Get<float>(ScratchMemory.Purpose.Result, (long)m * n);
        Convert(rowsA, columnsA, a, lda, wideA, columnsA);
        Convert(rowsB, columnsB, b, ldb, wideB, columnsB);
        if (accumulate)
            Convert(m, n, c, ldc, wideC, n);
        Gemm.MultiplyPinned(GemmLevels.Best, m, n, k, wideA, columnsA, transposeA, wideB, columnsB, transposeB, wideC, n, accumulate, default);
        Convert(m, n, wideC, n, c, ldc);
    }

    /// <summary>Converts a matrix, row by row.</summary>
    internal static void Convert<TFrom, TTo>(int rows, int columns, TFrom* source, nint sourceRow, TTo* destination, nint destinationRow)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        var body = new ConvertBody<TFrom, TTo> { Columns = columns, Source = source, SourceRow = sourceRow, Destination = destination, DestinationRow = destinationRow };
        WorkerPool.Run(rows, ref body, forks: (double)rows * columns >= ForkWork);
    }

    struct ConvertBody<TFrom, TTo> : IParallelBody
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        internal int Columns;
        internal TFrom* Source;
        internal nint SourceRow;
        internal TTo* Destination;
        internal nint DestinationRow;

        public readonly void Invoke(int index) => TensorPrimitives.ConvertTruncating(
            new ReadOnlySpan<TFrom>(Source + index * SourceRow, Columns), new Span<TTo>(Destination + index * DestinationRow, Columns));
    }

    struct RowBody : IParallelBody
    {
        internal int M, N, K;
        internal T* A;
        internal nint ARow, AStep;
        internal T* B;
        internal nint Ldb;
        internal T* C;
        internal nint Ldc;
        internal bool Accumulate;

        public readonly void Invoke(int index)
        {
            int first = index * BlockRows, end = Math.Min(M, first + BlockRows);
            if (!Accumulate)
            {
                for (int i = first; i < end; i++)
                    new Span<T>(C + i * Ldc, N).Clear();
            }

            // A block of the right operand's rows stays in the cache while all rows of the item use it.
            for (int start = 0; start < K; start += BlockSteps)
            {
                int stop = Math.Min(K, start + BlockSteps);
                for (int i = first; i < end; i++)
                {
                    var row = new Span<T>(C + i * Ldc, N);
                    for (int p = start; p < stop; p++)
                        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<T>(B + p * Ldb, N), A[i * ARow + p * AStep], row, row);
                }
            }
        }
    }
}
