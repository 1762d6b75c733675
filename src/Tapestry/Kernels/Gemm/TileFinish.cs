using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Gemm;

/// <summary>Moves a finished tile from scratch memory to its place: adds what was there, applies the epilogue, and stores the columns that exist.</summary>
static unsafe class TileFinish<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(T* tile, nint tileRow, int rows, int columns, T* c, nint cRow, bool accumulate, in PinnedEpilogue<T> epilogue)
    {
        T* bias = epilogue.Bias, residual = epilogue.Residual;
        nint residualRow = epilogue.ResidualStride;
        GemmActivation activation = epilogue.Activation;
        TVector slope = TUnit.Broadcast(epilogue.Slope);
        for (int i = 0; i < rows; i++, tile += tileRow, c += cRow, residual += residual == null ? 0 : residualRow)
        {
            int j = 0;
            for (; j + TUnit.Count <= columns; j += TUnit.Count)
            {
                TVector x = TUnit.Load(tile + j);
                if (accumulate)
                    x = TUnit.Add(TUnit.Load(c + j), x);
                if (bias != null)
                    x = TUnit.Add(x, TUnit.Load(bias + j));
                if (residual != null)
                    x = TUnit.Add(x, TUnit.Load(residual + j));
                if (activation == GemmActivation.Relu)
                    x = TUnit.Maximum(x, TUnit.Zero);
                else if (activation == GemmActivation.LeakyRelu)
                    x = TUnit.Leaky(x, slope);
                TUnit.Store(c + j, x);
            }

            int rest = columns - j;
            if (rest > 0)
            {
                TVector x = TUnit.LoadPartial(tile + j, rest);
                if (accumulate)
                    x = TUnit.Add(TUnit.LoadPartial(c + j, rest), x);
                if (bias != null)
                    x = TUnit.Add(x, TUnit.LoadPartial(bias + j, rest));
                if (residual != null)
                    x = TUnit.Add(x, TUnit.LoadPartial(residual + j, rest));
                if (activation == GemmActivation.Relu)
                    x = TUnit.Maximum(x, TUnit.Zero);
                else if (activation == GemmActivation.LeakyRelu)
                    x = TUnit.Leaky(x, slope);
                TUnit.StorePartial(c + j, x, rest);
            }

            if (activation is GemmActivation.Sigmoid or GemmActivation.Tanh)
                Curve(c, columns, activation);
        }
    }

    /// <summary>Applies the activations that have no vector form here, in place.</summary>
    static void Curve(T* row, int columns, GemmActivation activation)
    {
        for (int j = 0; j < columns; j++)
            row[j] = activation == GemmActivation.Tanh ? T.Tanh(row[j]) : T.One / (T.One + T.Exp(-row[j]));
    }
}
