using System.Runtime.CompilerServices;
using Tapestry.Kernels.Codegen;

namespace Tapestry.Kernels.Gemm;

/// <summary>What happens to a product before it is stored: activation(A·B [+ C] [+ bias] [+ residual]); and what happens to its blocks once they are stored. The default value does nothing.</summary>
readonly ref struct GemmEpilogue<T>
    where T : unmanaged
{
    /// <summary>One value per column, added to every row; empty for none.</summary>
    internal ReadOnlySpan<T> Bias { get; init; }

    /// <summary>A matrix of the product's shape; empty for none. It may be the memory of C.</summary>
    internal ReadOnlySpan<T> Residual { get; init; }

    /// <summary>Elements between two rows of <see cref="Residual"/>.</summary>
    internal int ResidualStride { get; init; }

    /// <summary>The function applied last.</summary>
    internal GemmActivation Activation { get; init; }

    /// <summary>The slope of <see cref="GemmActivation.LeakyRelu"/> for negative values.</summary>
    internal T Slope { get; init; }

    /// <summary>What is done to every block of the result when it is complete; it may be in the memory of several results, C among them.</summary>
    internal BlockFinish Finish { get; init; }

    /// <summary>Whether a product is stored as it is.</summary>
    internal bool IsEmpty => Bias.IsEmpty && Residual.IsEmpty && Activation == GemmActivation.None;

    /// <summary>The same epilogue over the pinned memory of its spans.</summary>
    internal unsafe PinnedEpilogue<T> Pin(T* bias, T* residual) =>
        new() { Bias = bias, Residual = residual, ResidualStride = ResidualStride, Activation = Activation, Slope = Slope, Finish = Finish };
}

/// <summary>The epilogue as kernels see it: pinned pointers.</summary>
unsafe struct PinnedEpilogue<T>
    where T : unmanaged
{
    internal T* Bias;
    internal T* Residual;
    internal nint ResidualStride;
    internal GemmActivation Activation;
    internal T Slope;
    internal BlockFinish Finish;

    /// <summary>Whether tiles are stored as they are.</summary>
    internal readonly bool IsEmpty => Bias == null && Residual == null && Activation == GemmActivation.None;

    /// <summary>The same epilogue where T is known to be <typeparamref name="TOther"/>.</summary>
    internal readonly PinnedEpilogue<TOther> As<TOther>()
        where TOther : unmanaged
    {
        System.Diagnostics.Debug.Assert(typeof(T) == typeof(TOther), "The type is renamed, not converted.");
        PinnedEpilogue<T> same = this;
        return Unsafe.As<PinnedEpilogue<T>, PinnedEpilogue<TOther>>(ref same);
    }

    /// <summary>The epilogue of the submatrix that starts at <paramref name="row"/> and <paramref name="column"/>.</summary>
    internal readonly PinnedEpilogue<T> At(nint row, nint column)
    {
        PinnedEpilogue<T> moved = this;
        if (Bias != null)
            moved.Bias = Bias + column;
        if (Residual != null)
            moved.Residual = Residual + row * ResidualStride + column;
        return moved;
    }
}
