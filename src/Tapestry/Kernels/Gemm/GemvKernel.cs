using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>Matrix times vector and vector times matrix: memory-bound, so the matrix is read once, in place and in order.</summary>
static unsafe class GemvKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    /// <summary>Outputs per work item of the row form; also the size of the scratch tile.</summary>
    const int RowChunk = 64;

    const double ForkWork = 2e5;

    // A work item of the column form: a vector or more of each row, and no more sums than a part of the first cache holds.
    static int SmallestColumnChunk => 8 * TUnit.Count;

    static int LargestColumnChunk => 64 * TUnit.Count;

    /// <summary>
    /// y[i] = epilogue(Σ matrix[i, p] · x[p]): every output is a dot product of a contiguous row with a contiguous vector. <paramref name="yStep"/> is the
    /// distance of two outputs; <paramref name="outputsAreRows"/> tells whether they lie in one column of C (then a bias is one value for all).
    /// </summary>
    internal static void Rows(int outputs, int k, T* matrix, nint matrixRow, T* x, T* y, nint yStep, bool outputsAreRows, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        var body = new RowBody
        {
            Outputs = outputs, K = k, Matrix = matrix, MatrixRow = matrixRow, X = x, Y = y, YStep = yStep, OutputsAreRows = outputsAreRows, Accumulate = accumulate, Epilogue = epilogue,
        };
        WorkerPool.Run((outputs + RowChunk - 1) / RowChunk, ref body, forks: (double)outputs * (k + epilogue.Finish.Steps) >= ForkWork);
    }

    /// <summary>y[j] = epilogue(Σ x[p · xStep] · matrix[p, j]): the rows of the matrix are added up, each scaled, in their order for every output.</summary>
    internal static void Columns(int outputs, int k, T* matrix, nint matrixRow, T* x, nint xStep, T* y, nint yStep, bool outputsAreRows, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        int share = (outputs + WorkerPool.ThreadCount - 1) / WorkerPool.ThreadCount;
        int chunk = Math.Clamp((share + SmallestColumnChunk - 1) / SmallestColumnChunk * SmallestColumnChunk, SmallestColumnChunk, LargestColumnChunk);
        var body = new ColumnBody
        {
            Chunk = chunk, Outputs = outputs, K = k, Matrix = matrix, MatrixRow = matrixRow, X = x, XStep = xStep, Y = y, YStep = yStep, OutputsAreRows = outputsAreRows, Accumulate = accumulate,
            Epilogue = epilogue,
        };
        WorkerPool.Run((outputs + chunk - 1) / chunk, ref body, forks: (double)outputs * (k + epilogue.Finish.Steps) >= ForkWork);
    }

    static void Finish(T* results, int first, int count, T* y, nint yStep, bool outputsAreRows, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        if (outputsAreRows)
            TileFinish<T, TVector, TUnit>.Run(results, 1, count, 1, y + first * yStep, yStep, accumulate, epilogue.At(first, 0));
        else
            TileFinish<T, TVector, TUnit>.Run(results, 0, 1, count, y + first, 0, accumulate, epilogue.At(0, first));
        if (!epilogue.Finish.IsEmpty)
            epilogue.Finish.Run(y + first * yStep, outputsAreRows ? yStep : 0, outputsAreRows ? count : 1, outputsAreRows ? 1 : count);
    }

    struct RowBody : IParallelBody
    {
        internal int Outputs, K;
        internal T* Matrix;
        internal nint MatrixRow;
        internal T* X;
        internal T* Y;
        internal nint YStep;
        internal bool OutputsAreRows, Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        [SkipLocalsInit]
        public readonly void Invoke(int index)
        {
            T* results = stackalloc T[RowChunk];
            int first = index * RowChunk, count = Math.Min(RowChunk, Outputs - first);
            for (int i = 0; i < count; i++)
                results[i] = Dot(Matrix + (first + i) * MatrixRow, X, K);
            Finish(results, first, count, Y, YStep, OutputsAreRows, Accumulate, Epilogue);
        }

        /// <summary>The order of additions depends on the length only.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static T Dot(T* row, T* x, int k)
        {
            TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero;
            int p = 0;
            for (; p + 4 * TUnit.Count <= k; p += 4 * TUnit.Count)
            {
                s0 = TUnit.MultiplyAdd(TUnit.Load(row + p), TUnit.Load(x + p), s0);
                s1 = TUnit.MultiplyAdd(TUnit.Load(row + p + TUnit.Count), TUnit.Load(x + p + TUnit.Count), s1);
                s2 = TUnit.MultiplyAdd(TUnit.Load(row + p + 2 * TUnit.Count), TUnit.Load(x + p + 2 * TUnit.Count), s2);
                s3 = TUnit.MultiplyAdd(TUnit.Load(row + p + 3 * TUnit.Count), TUnit.Load(x + p + 3 * TUnit.Count), s3);
            }

            for (; p + TUnit.Count <= k; p += TUnit.Count)
                s0 = TUnit.MultiplyAdd(TUnit.Load(row + p), TUnit.Load(x + p), s0);
            if (p < k)
                s1 = TUnit.MultiplyAdd(TUnit.LoadPartial(row + p, k - p), TUnit.LoadPartial(x + p, k - p), s1);
            return TUnit.Sum(TUnit.Add(TUnit.Add(s0, s1), TUnit.Add(s2, s3)));
        }
    }

    struct ColumnBody : IParallelBody
    {
        internal int Chunk, Outputs, K;
        internal T* Matrix;
        internal nint MatrixRow;
        internal T* X;
        internal nint XStep;
        internal T* Y;
        internal nint YStep;
        internal bool OutputsAreRows, Accumulate;
        internal PinnedEpilogue<T> Epilogue;

        [SkipLocalsInit]
        public readonly void Invoke(int index)
        {
            T* results = stackalloc T[LargestColumnChunk];
            int first = index * Chunk, count = Math.Min(Chunk, Outputs - first);
            int p = 0;
            for (; p + 8 <= K; p += 8)
                AddEight(Matrix + p * MatrixRow + first, X + p * XStep, results, count, fresh: p == 0);
            for (; p < K; p++)
                AddOne(Matrix + p * MatrixRow + first, X + p * XStep, results, count, fresh: p == 0);
            Finish(results, first, count, Y, YStep, OutputsAreRows, Accumulate, Epilogue);
        }

        /// <summary>Adds eight scaled rows; the sums stay in the first cache, and the rows are read from one end to the other, as memory likes it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void AddEight(T* row, T* x, T* results, int count, bool fresh)
        {
            nint step = MatrixRow, step3 = 3 * step;
            TVector x0 = TUnit.Broadcast(x[0]), x1 = TUnit.Broadcast(x[XStep]), x2 = TUnit.Broadcast(x[2 * XStep]), x3 = TUnit.Broadcast(x[3 * XStep]);
            TVector x4 = TUnit.Broadcast(x[4 * XStep]), x5 = TUnit.Broadcast(x[5 * XStep]), x6 = TUnit.Broadcast(x[6 * XStep]), x7 = TUnit.Broadcast(x[7 * XStep]);
            int j = 0;
            for (; j + TUnit.Count <= count; j += TUnit.Count)
            {
                T* r0 = row + j, r3 = r0 + step3, r6 = r3 + step3;
                TVector sum = fresh ? TUnit.Zero : TUnit.Load(results + j);
                sum = TUnit.MultiplyAdd(x0, TUnit.Load(r0), sum);
                sum = TUnit.MultiplyAdd(x1, TUnit.Load(r0 + step), sum);
                sum = TUnit.MultiplyAdd(x2, TUnit.Load(r0 + 2 * step), sum);
                sum = TUnit.MultiplyAdd(x3, TUnit.Load(r3), sum);
                sum = TUnit.MultiplyAdd(x4, TUnit.Load(r3 + step), sum);
                sum = TUnit.MultiplyAdd(x5, TUnit.Load(r3 + 2 * step), sum);
                sum = TUnit.MultiplyAdd(x6, TUnit.Load(r6), sum);
                sum = TUnit.MultiplyAdd(x7, TUnit.Load(r6 + step), sum);
                TUnit.Store(results + j, sum);
            }

            if (j < count)
            {
                for (int i = 0; i < 8; i++)
                    AddOne(row + i * step + j, x + i * XStep, results + j, count - j, fresh && i == 0);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void AddOne(T* row, T* x, T* results, int count, bool fresh)
        {
            TVector scale = TUnit.Broadcast(*x);
            int j = 0;
            for (; j + TUnit.Count <= count; j += TUnit.Count)
                TUnit.Store(results + j, TUnit.MultiplyAdd(scale, TUnit.Load(row + j), fresh ? TUnit.Zero : TUnit.Load(results + j)));
            if (j < count)
                TUnit.StorePartial(results + j, TUnit.MultiplyAdd(scale, TUnit.LoadPartial(row + j, count - j), fresh ? TUnit.Zero : TUnit.LoadPartial(results + j, count - j)), count - j);
        }
    }
}
