using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// The lines of a picture that some neighbouring lines of the result meet, copied with their padding, so that every patch is a few runs of contiguous elements at
/// the same distances from its first.
/// </summary>
unsafe ref struct LineCopy<T>
    where T : unmanaged
{
    readonly PatchSource<T> source;
    readonly int copiedHeight, lineLength, runsPerLine;

    /// <summary>Copies what <paramref name="lines"/> lines from <paramref name="firstLine"/> on need, in plane number <paramref name="plane"/> (pictures times depth) of the result.</summary>
    internal LineCopy(in PatchSource<T> source, int plane, int firstLine, int lines)
    {
        PatchAxis depth = source.Grid.Axes[0], height = source.Grid.Axes[1], width = source.Grid.Axes[2];
        this.source = source;
        copiedHeight = (lines - 1) * height.Step + (height.Taps - 1) * height.TapStep + 1;
        lineLength = LineLength(source);
        int runTaps = width.TapStep == 1 ? width.Taps : 1;
        runsPerLine = width.Taps / runTaps;
        RunLength = runTaps * source.Channels;
        Runs = source.Grid.Taps / runTaps;
        LineStep = (nint)height.Step * lineLength;
        Start = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, (long)depth.Taps * copiedHeight * lineLength);
        for (int d = 0; d < depth.Taps; d++)
        {
            int sourceDepth = plane % depth.Rows * depth.Step + depth.Origin + d * depth.TapStep;
            for (int h = 0; h < copiedHeight; h++)
                Copy(source.Line(plane / depth.Rows, sourceDepth, firstLine * height.Step + height.Origin + h), Start + ((nint)d * copiedHeight + h) * lineLength);
        }
    }

    /// <summary>The first element of the first patch.</summary>
    internal T* Start { get; }

    /// <summary>From a patch to the patch one line of the result further down.</summary>
    internal nint LineStep { get; }

    /// <summary>Contiguous stretches of a patch.</summary>
    internal int Runs { get; }

    /// <summary>Elements of each.</summary>
    internal int RunLength { get; }

    /// <summary>How many elements the copy for some lines has.</summary>
    internal static long Length(in PatchSource<T> source, int lines)
    {
        PatchAxis height = source.Grid.Axes[1];
        return source.Grid.Axes[0].Taps * ((long)(lines - 1) * height.Step + (long)(height.Taps - 1) * height.TapStep + 1) * LineLength(source);
    }

    /// <summary>Where run number <paramref name="run"/> of a patch starts, seen from the patch's first element.</summary>
    internal readonly nint RunOffset(int run)
    {
        int line = run / runsPerLine, taps = source.Grid.Axes[1].Taps, d = line / taps, h = line % taps;
        return ((nint)d * copiedHeight + h * source.Grid.Axes[1].TapStep) * lineLength + (nint)(run % runsPerLine) * source.Grid.Axes[2].TapStep * source.Channels;
    }

    static int LineLength(in PatchSource<T> source)
    {
        PatchAxis width = source.Grid.Axes[2];
        return ((width.Rows - 1) * width.Step + (width.Taps - 1) * width.TapStep + 1) * source.Channels;
    }

    /// <summary>Copies the part of a source line that the result's lines meet; what lies outside the picture is zero.</summary>
    readonly void Copy(T* line, T* destination)
    {
        int channels = source.Channels, pixels = lineLength / channels;
        PatchAxis width = source.Grid.Axes[2];
        int first = Math.Clamp(-width.Origin, 0, pixels), end = line == null ? first : Math.Clamp(width.Extent - width.Origin, first, pixels);
        new Span<T>(destination, first * channels).Clear();
        new Span<T>(destination + (nint)end * channels, (pixels - end) * channels).Clear();
        T* from = line + (nint)(width.Origin + first) * source.PixelStride;
        if (channels == source.PixelStride)
            new ReadOnlySpan<T>(from, (end - first) * channels).CopyTo(new Span<T>(destination + (nint)first * channels, (end - first) * channels));
        else
            Packing.CopyBlock(from, source.PixelStride, end - first, channels, destination + (nint)first * channels, channels);
    }
}
