using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>What the two patch operands share: the source picture and how (tap, channel) pairs form runs of contiguous elements.</summary>
unsafe struct PatchSource<T>
    where T : unmanaged
{
    /// <summary>The first channel of the group in the first pixel.</summary>
    readonly T* origin;
    readonly int pixelStride;

    internal PatchSource(T* origin, int channels, int pixelStride, in PatchGrid grid)
    {
        this.origin = origin;
        this.pixelStride = pixelStride;
        Grid = grid;
        Channels = channels;

        // Neighbouring taps of a line are one run if they are neighbours in memory.
        RunTaps = grid.Axes[2].TapStep == 1 && channels == pixelStride ? grid.Axes[2].Taps : 1;
        RunLength = RunTaps * channels;
    }

    internal PatchGrid Grid { get; }

    internal int Channels { get; }

    internal int RunTaps { get; }

    internal int RunLength { get; }

    internal int PixelStride => pixelStride;

    internal T* Origin => origin;

    /// <summary>The offsets of run number <paramref name="run"/> in source pixels.</summary>
    internal readonly void RunOffset(int run, out int d, out int h, out int w)
    {
        int runsPerLine = Grid.Axes[2].Taps / RunTaps;
        w = run % runsPerLine * Grid.Axes[2].TapStep;
        run /= runsPerLine;
        h = run % Grid.Axes[1].Taps * Grid.Axes[1].TapStep;
        d = run / Grid.Axes[1].Taps * Grid.Axes[0].TapStep;
    }

    /// <summary>The line (image, d, h) of the source, at w = 0; null outside the picture.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly T* Line(int image, int d, int h)
    {
        if ((uint)d >= (uint)Grid.Axes[0].Extent || (uint)h >= (uint)Grid.Axes[1].Extent)
            return null;
        return origin + (((nint)image * Grid.Axes[0].Extent + d) * Grid.Axes[1].Extent + h) * Grid.Axes[2].Extent * pixelStride;
    }
}

/// <summary>The patches of pictures as left operand: rows are positions, steps are (tap, channel) pairs. Nothing but one packed block exists in memory.</summary>
unsafe struct PatchRows<T>(in PatchSource<T> source) : ILeftOperand<T>
    where T : unmanaged
{
    /// <summary>Rows of a panel never exceed this.</summary>
    const int MaximumRows = 12;

    /// <summary>Steps that are packed at once; longer runs take several turns.</summary>
    const int ClippedSteps = 512;

    readonly PatchSource<T> source = source;

    public readonly bool GathersRows => !source.Grid.IsPlain;

    public readonly bool TryDirect(out T* origin, out nint rowStride, out nint stepStride)
    {
        origin = source.Origin;
        rowStride = source.PixelStride;
        stepStride = 1;
        return source.Grid.IsPlain;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Pack(int row, int rows, int step, int steps, T* destination)
    {
        if (source.Grid.IsPlain)
        {
            Packing.Transpose(source.Origin + (nint)row * source.PixelStride + step, source.PixelStride, 1, rows, steps, destination, rows);
            return;
        }

        Debug.Assert(rows <= MaximumRows, "A panel has the height the driver promises.");
        PatchPosition* positions = stackalloc PatchPosition[MaximumRows];
        T** pointers = stackalloc T*[MaximumRows];
        T* clipped = stackalloc T[MaximumRows * ClippedSteps];
        var position = new PatchPosition(row, source.Grid);
        PatchAxis depth = source.Grid.Axes[0], height = source.Grid.Axes[1], width = source.Grid.Axes[2];
        for (int i = 0; i < rows; i++)
        {
            positions[i] = new PatchPosition
            {
                Image = position.Image, D = position.D * depth.Step + depth.Origin, H = position.H * height.Step + height.Origin, W = position.W * width.Step + width.Origin,
            };
            position.Advance(1, source.Grid);
        }

        int run = step / source.RunLength, offset = step % source.RunLength, channels = source.Channels;
        while (steps > 0)
        {
            int length = Math.Min(Math.Min(steps, source.RunLength - offset), ClippedSteps);
            source.RunOffset(run, out int d, out int h, out int w);
            for (int i = 0; i < rows; i++)
            {
                T* line = source.Line(positions[i].Image, positions[i].D + d, positions[i].H + h);
                int x = positions[i].W + w;

                // Of the run's elements only those from low to high lie in the picture.
                int low = x < 0 ? -x * channels : 0;
                int high = source.RunTaps == 1 ? (uint)x < (uint)width.Extent ? source.RunLength : 0 : (width.Extent - x) * channels;
                if (line != null && low <= offset && offset + length <= high)
                {
                    pointers[i] = line + (nint)x * source.PixelStride + offset;
                    continue;
                }

                T* copy = clipped + i * ClippedSteps;
                pointers[i] = copy;
                int from = Math.Clamp(low - offset, 0, length), to = line == null ? from : Math.Clamp(high - offset, from, length);
                for (int e = 0; e < from; e++)
                    copy[e] = default;
                for (int e = from; e < to; e++)
                    copy[e] = line[(nint)x * source.PixelStride + offset + e];
                for (int e = to; e < length; e++)
                    copy[e] = default;
            }

            Packing.TransposePointers(pointers, rows, length, destination);
            destination += (nint)length * rows;
            steps -= length;
            offset += length;
            if (offset == source.RunLength)
            {
                offset = 0;
                run++;
            }
        }
    }
}

/// <summary>The patches transposed, as left operand of the filter's gradient: rows are (tap, channel) pairs, steps are positions.</summary>
unsafe struct PatchColumns<T>(in PatchSource<T> source) : ILeftOperand<T>
    where T : unmanaged
{
    readonly PatchSource<T> source = source;

    public readonly bool GathersRows => false;

    public readonly bool TryDirect(out T* origin, out nint rowStride, out nint stepStride)
    {
        origin = source.Origin;
        rowStride = 1;
        stepStride = source.PixelStride;
        return source.Grid.IsPlain;
    }

    public readonly void Pack(int row, int rows, int step, int steps, T* destination)
    {
        if (source.Grid.IsPlain)
        {
            Packing.CopyRows(source.Origin + (nint)step * source.PixelStride + row, source.PixelStride, steps, rows, destination, rows);
            return;
        }

        int run = row / source.RunLength, offset = row % source.RunLength, done = 0;
        while (done < rows)
        {
            // A segment lies in one tap: it is inside or outside the picture as a whole.
            int tap = offset / source.Channels, channel = offset % source.Channels;
            int length = Math.Min(rows - done, source.Channels - channel);
            source.RunOffset(run, out int d, out int h, out int w);
            if (source.RunTaps > 1)
                w += tap;
            PackSegment(d, h, w, channel, length, step, steps, destination + done, rows);
            done += length;
            offset += length;
            if (offset == source.RunLength)
            {
                offset = 0;
                run++;
            }
        }
    }

    /// <summary>Packs <paramref name="length"/> channels of one tap for a range of positions, line by line.</summary>
    readonly void PackSegment(int d, int h, int w, int channel, int length, int step, int steps, T* destination, int rows)
    {
        PatchAxis depth = source.Grid.Axes[0], height = source.Grid.Axes[1], width = source.Grid.Axes[2];
        var position = new PatchPosition(step, source.Grid);
        while (steps > 0)
        {
            int count = Math.Min(steps, width.Rows - position.W);
            T* line = source.Line(position.Image, position.D * depth.Step + depth.Origin + d, position.H * height.Step + height.Origin + h);
            int x = position.W * width.Step + width.Origin + w;

            // The positions whose x lies in the picture.
            int low = x >= 0 ? 0 : Math.Min(count, (-x + width.Step - 1) / width.Step);
            int high = x >= width.Extent ? low : Math.Clamp((width.Extent - x + width.Step - 1) / width.Step, low, count);
            if (line == null)
                low = high = count;
            Packing.ClearBlock(low, length, destination, rows);
            Packing.CopyBlock(
                line + ((nint)x + (nint)low * width.Step) * source.PixelStride + channel, (nint)width.Step * source.PixelStride, high - low, length, destination + (nint)low * rows, rows);
            Packing.ClearBlock(count - high, length, destination + (nint)high * rows, rows);
            destination += (nint)count * rows;
            steps -= count;
            position.Advance(count, source.Grid);
        }
    }
}

/// <summary>The filter as right operand of the input's gradient: steps are (tap, output channel) pairs, columns are input channels.</summary>
unsafe struct TurnedFilter<T>(T* origin, in ConvGeometry geometry, in PatchGrid grid) : IRightOperand<T>
    where T : unmanaged
{
    /// <summary>The first output channel of the group in the first tap.</summary>
    readonly T* origin = origin;
    readonly ConvGeometry geometry = geometry;
    readonly PatchGrid grid = grid;

    public readonly bool TryDirect(out T* start, out nint rowStride)
    {
        start = null;
        rowStride = 0;
        return false;
    }

    public readonly void Pack(int step, int steps, int column, int columns, int width, T* destination)
    {
        int outputs = geometry.GroupOutputs, tap = step / outputs, output = step % outputs;
        while (steps > 0)
        {
            int length = Math.Min(steps, outputs - output);
            T* from = origin + ((nint)grid.FilterTap(tap, geometry) * geometry.GroupInputs + column) * geometry.OutputChannels + output;
            Packing.Transpose(from, geometry.OutputChannels, 1, columns, length, destination, width);
            destination += (nint)length * width;
            steps -= length;
            output = 0;
            tap++;
        }
    }
}

/// <summary>The positions of a patch grid in the tensor that receives them.</summary>
unsafe struct PatchTarget<T>(T* origin, int pixelStride, in PatchGrid grid) : IProductResult<T>
    where T : unmanaged
{
    readonly T* origin = origin;
    readonly int pixelStride = pixelStride;
    readonly PatchGrid grid = grid;

    readonly bool isContiguous =
        grid.Axes[0].TargetStep == 1 && grid.Axes[1].TargetStep == 1 && grid.Axes[2].TargetStep == 1;

    public readonly int Locate(int row, int rows, out T* start, out nint stride)
    {
        if (isContiguous)
        {
            stride = pixelStride;
            start = origin + row * stride;
            return rows;
        }

        var position = new PatchPosition(row, grid);
        PatchAxis depth = grid.Axes[0], height = grid.Axes[1], width = grid.Axes[2];
        nint line = ((nint)position.Image * depth.TargetExtent + position.D * depth.TargetStep + depth.TargetOrigin) * height.TargetExtent + position.H * height.TargetStep + height.TargetOrigin;
        start = origin + (line * width.TargetExtent + position.W * width.TargetStep + width.TargetOrigin) * pixelStride;
        stride = (nint)width.TargetStep * pixelStride;
        return Math.Min(rows, width.Rows - position.W);
    }
}
