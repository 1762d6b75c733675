namespace Tapestry.Kernels.Gemm;

/// <summary>Where a product takes its left operand (m × k) from: a matrix, or something that is only thought of as one, such as the patches of an image.</summary>
unsafe interface ILeftOperand<T>
    where T : unmanaged
{
    /// <summary>Whether the operand lies in memory with constant strides, and where.</summary>
    bool TryDirect(out T* origin, out nint rowStride, out nint stepStride);

    /// <summary>Whether the steps of a row are gathered from many places, so that packing has a price for each row of a block, however short it is.</summary>
    bool GathersRows { get; }

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

/// <summary>Where a product goes.</summary>
unsafe interface IProductResult<T>
    where T : unmanaged
{
    /// <summary>Where row number <paramref name="row"/> is, and how many rows from it on, at most <paramref name="rows"/> and at least one, follow at a constant distance.</summary>
    int Locate(int row, int rows, out T* start, out nint stride);
}

/// <summary>A matrix in memory as result.</summary>
unsafe struct MatrixResult<T>(T* origin, nint rowStride) : IProductResult<T>
    where T : unmanaged
{
    public readonly int Locate(int row, int rows, out T* start, out nint stride)
    {
        start = origin + row * rowStride;
        stride = rowStride;
        return rows;
    }
}

/// <summary>A left operand without its first steps.</summary>
unsafe struct LaterLeft<T, TOperand> : ILeftOperand<T>
    where T : unmanaged
    where TOperand : struct, ILeftOperand<T>
{
    internal TOperand Operand;
    internal int FirstStep;

    public readonly bool GathersRows => Operand.GathersRows;

    public readonly bool TryDirect(out T* origin, out nint rowStride, out nint stepStride)
    {
        bool direct = Operand.TryDirect(out origin, out rowStride, out stepStride);
        origin += FirstStep * stepStride;
        return direct;
    }

    public readonly void Pack(int row, int rows, int step, int steps, T* destination) => Operand.Pack(row, rows, FirstStep + step, steps, destination);
}

/// <summary>A right operand without its first steps.</summary>
unsafe struct LaterRight<T, TOperand> : IRightOperand<T>
    where T : unmanaged
    where TOperand : struct, IRightOperand<T>
{
    internal TOperand Operand;
    internal int FirstStep;

    public readonly bool TryDirect(out T* origin, out nint rowStride)
    {
        bool direct = Operand.TryDirect(out origin, out rowStride);
        origin += FirstStep * rowStride;
        return direct;
    }

    public readonly void Pack(int step, int steps, int column, int columns, int width, T* destination) => Operand.Pack(FirstStep + step, steps, column, columns, width, destination);
}

/// <summary>A matrix in memory as left operand.</summary>
unsafe struct LeftMatrix<T>(T* origin, nint rowStride, nint stepStride) : ILeftOperand<T>
    where T : unmanaged
{
    public readonly bool GathersRows => false;

    /// <summary>The operand without its first steps.</summary>
    internal readonly LeftMatrix<T> From(int step) => new(origin + step * stepStride, rowStride, stepStride);

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
    /// <summary>The operand without its first steps.</summary>
    internal readonly RightMatrix<T> From(int step) => new(origin + step * stepStride, stepStride, columnStride);

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
