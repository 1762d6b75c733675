namespace Tapestry.Kernels.Gemm;

/// <summary>Where a product takes its left operand (m × k) from: a matrix, or something that is only thought of as one, such as the patches of an image.</summary>
unsafe interface ILeftOperand<T>
    where T : unmanaged
{
    /// <summary>Whether the operand lies in memory with constant strides, and where.</summary>
    bool TryDirect(out T* origin, out nint rowStride, out nint stepStride);

    /// <summary>Writes element (row + i, step + p) to <c>destination[p·rows + i]</c>.</summary>
    void Pack(int row, int rows, int step, int steps, T* destination);
}

/// <summary>Where a product takes its right operand (k × n) from.</summary>
unsafe interface IRightOperand<T>
    where T : unmanaged
{
    /// <summary>Whether the operand lies in memory with contiguous rows, and where.</summary>
    bool TryDirect(out T* origin, out nint rowStride);

    /// <summary>Writes element (step + p, column + j) to <c>destination[p·width + j]</c> and zeros where j ≥ columns.</summary>
    void Pack(int step, int steps, int column, int columns, int width, T* destination);
}

/// <summary>A matrix in memory as left operand.</summary>
unsafe struct LeftMatrix<T>(T* origin, nint rowStride, nint stepStride) : ILeftOperand<T>
    where T : unmanaged
{
    public readonly bool TryDirect(out T* start, out nint rows, out nint steps)
    {
        start = origin;
        rows = rowStride;
        steps = stepStride;
        return true;
    }

    public readonly void Pack(int row, int rows, int step, int steps, T* destination)
    {
        T* source = origin + row * rowStride + step * stepStride;
        if (rowStride == 1)
            Packing.CopyRows(source, stepStride, steps, rows, destination, rows);
        else
            Packing.Transpose(source, rowStride, stepStride, rows, steps, destination, rows);
    }
}

/// <summary>A matrix in memory as right operand.</summary>
unsafe struct RightMatrix<T>(T* origin, nint stepStride, nint columnStride) : IRightOperand<T>
    where T : unmanaged
{
    public readonly bool TryDirect(out T* start, out nint steps)
    {
        start = origin;
        steps = stepStride;
        return columnStride == 1;
    }

    public readonly void Pack(int step, int steps, int column, int columns, int width, T* destination)
    {
        T* source = origin + step * stepStride + column * columnStride;
        if (columnStride == 1)
            Packing.CopyRows(source, stepStride, steps, columns, destination, width);
        else
            Packing.Transpose(source, columnStride, stepStride, columns, steps, destination, width);
    }
}
