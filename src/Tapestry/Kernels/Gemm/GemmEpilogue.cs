namespace Tapestry.Kernels.Gemm;

/// <summary>What happens to a product before it is stored: activation(A·B [+ C] [+ bias] [+ residual]). The default value does nothing.</summary>
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

    /// <summary>Whether it does nothing.</summary>
    internal bool IsEmpty => Bias.IsEmpty && Residual.IsEmpty && Activation == GemmActivation.None;

    /// <summary>The same epilogue over the pinned memory of its spans.</summary>
    internal unsafe PinnedEpilogue<T> Pin(T* bias, T* residual) =>
        new() { Bias = bias, Residual = residual, ResidualStride = ResidualStride, Activation = Activation, Slope = Slope };
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

    internal readonly bool IsEmpty => Bias == null && Residual == null && Activation == GemmActivation.None;

    /// <summary>The same epilogue where T is known to be <typeparamref name="TOther"/>.</summary>
    internal readonly PinnedEpilogue<TOther> As<TOther>()
        where TOther : unmanaged
    {
        System.Diagnostics.Debug.Assert(typeof(T) == typeof(TOther), "The type is renamed, not converted.");
        PinnedEpilogue<T> same = this;
        return *(PinnedEpilogue<TOther>*)&same;
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
