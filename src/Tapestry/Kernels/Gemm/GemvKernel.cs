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

    static int ColumnChunk => 8 * TUnit.Count;

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
        Spread((outputs + RowChunk - 1) / RowChunk, (double)outputs * k, ref body);
    }

    /// <summary>y[j] = epilogue(Σ x[p · xStep] · matrix[p, j]): the rows of the matrix are added up, each scaled.</summary>
    internal static void Columns(int outputs, int k, T* matrix, nint matrixRow, T* x, nint xStep, T* y, nint yStep, bool outputsAreRows, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        var body = new ColumnBody
        {
            Outputs = outputs, K = k, Matrix = matrix, MatrixRow = matrixRow, X = x, XStep = xStep, Y = y, YStep = yStep, OutputsAreRows = outputsAreRows, Accumulate = accumulate,
            Epilogue = epilogue,
        };
        Spread((outputs + ColumnChunk - 1) / ColumnChunk, (double)outputs * k, ref body);
    }

    static void Spread<TBody>(int count, double work, ref TBody body)
        where TBody : struct, IParallelBody
    {
        if (work >= ForkWork)
        {
            WorkerPool.Run(count, ref body);
            return;
        }

        for (int i = 0; i < count; i++)
            body.Invoke(i);
    }

    static void Finish(T* results, int first, int count, T* y, nint yStep, bool outputsAreRows, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        if (outputsAreRows)
            TileFinish<T, TVector, TUnit>.Run(results, 1, count, 1, y + first * yStep, yStep, accumulate, epilogue.At(first, 0));
        else
            TileFinish<T, TVector, TUnit>.Run(results, 0, 1, count, y + first, 0, accumulate, epilogue.At(0, first));
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
        internal int Outputs, K;
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
            T* results = stackalloc T[ColumnChunk];
            int first = index * ColumnChunk, count = Math.Min(ColumnChunk, Outputs - first);
            if (count == ColumnChunk)
            {
                Eight(Matrix + first, results);
            }
            else
            {
                for (int j = 0; j < count; j += TUnit.Count)
                    One(Matrix + first + j, results + j, Math.Min(TUnit.Count, count - j));
            }

            Finish(results, first, count, Y, YStep, OutputsAreRows, Accumulate, Epilogue);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Eight(T* column, T* results)
        {
            TVector s0 = TUnit.Zero, s1 = TUnit.Zero, s2 = TUnit.Zero, s3 = TUnit.Zero, s4 = TUnit.Zero, s5 = TUnit.Zero, s6 = TUnit.Zero, s7 = TUnit.Zero;
            T* x = X;
            for (int p = 0; p < K; p++)
            {
                TVector scale = TUnit.Broadcast(*x);
                s0 = TUnit.MultiplyAdd(scale, TUnit.Load(column), s0);
                s1 = TUnit.MultiplyAdd(scale, TUnit.Load(column + TUnit.Count), s1);
                s2 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 2 * TUnit.Count), s2);
                s3 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 3 * TUnit.Count), s3);
                s4 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 4 * TUnit.Count), s4);
                s5 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 5 * TUnit.Count), s5);
                s6 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 6 * TUnit.Count), s6);
                s7 = TUnit.MultiplyAdd(scale, TUnit.Load(column + 7 * TUnit.Count), s7);
                x += XStep;
                column += MatrixRow;
            }

            TUnit.Store(results, s0);
            TUnit.Store(results + TUnit.Count, s1);
            TUnit.Store(results + 2 * TUnit.Count, s2);
            TUnit.Store(results + 3 * TUnit.Count, s3);
            TUnit.Store(results + 4 * TUnit.Count, s4);
            TUnit.Store(results + 5 * TUnit.Count, s5);
            TUnit.Store(results + 6 * TUnit.Count, s6);
            TUnit.Store(results + 7 * TUnit.Count, s7);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void One(T* column, T* results, int count)
        {
            TVector sum = TUnit.Zero;
            T* x = X;
            for (int p = 0; p < K; p++)
            {
                sum = TUnit.MultiplyAdd(TUnit.Broadcast(*x), count == TUnit.Count ? TUnit.Load(column) : TUnit.LoadPartial(column, count), sum);
                x += XStep;
                column += MatrixRow;
            }

            TUnit.StorePartial(results, sum, count);
        }
    }
}
