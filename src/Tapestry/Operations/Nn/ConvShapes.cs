using Tapestry.Kernels.Conv;

namespace Tapestry;

/// <summary>Shapes of convolutions: what their operations infer, and what their kernels are told.</summary>
static class ConvShapes
{
    /// <summary>The most spatial dimensions that kernels have.</summary>
    internal const int MaximumRank = 3;

    const int RehearsedOutputs = 256;

    /// <summary>What is wrong with the shapes of an input and a filter, with what would be right; null when nothing is.</summary>
    internal static (string Fault, string Expected)? Fault(Window window, Shape input, Shape filter)
    {
        if (window.Fault() is { } fault) return (fault, "positive strides and dilations, paddings of 0 and above, one for each spatial dimension");
        if (window.Rank is < 1 or > MaximumRank) return ($"{window.Rank} spatial dimensions", "between 1 and 3");
        if (input.Rank != window.Rank + 2) return ($"an input of rank {input.Rank} for {window.Rank} spatial dimensions", "an input [batch, spatial…, channels]");
        if (filter.Rank != window.Rank + 2) return ($"a filter of rank {filter.Rank} for {window.Rank} spatial dimensions", "a filter [spatial…, input channels / groups, output channels]");
        var (channels, depth, filters) = (input[^1], filter[^2], filter[^1]);
        if (channels == Shape.Unknown || depth == Shape.Unknown) return null;
        if (depth == 0 || channels % depth != 0) return ($"{channels} input channels are no multiple of the {depth} of the filter", "input.shape[-1] divisible by filter.shape[-2]");
        var groups = channels / depth;
        return filters != Shape.Unknown && groups > 0 && filters % groups != 0 ? ($"{filters} output channels do not divide into {groups} groups", "filter.shape[-1] divisible by the number of groups") : null;
    }

    /// <summary>The shape of a convolution's result.</summary>
    internal static Shape Output(Window window, Shape input, Shape filter)
    {
        var dimensions = input.ToArray();
        for (var i = 0; i < window.Rank; i++) dimensions[i + 1] = window.Output(i, input[i + 1], filter[i]);
        dimensions[^1] = filter[^1];
        return new Shape(dimensions);
    }

    /// <summary>A small input and filter on which a convolution chooses the kernels that it chooses for large ones; null where too little is known.</summary>
    internal static (Shape Input, Shape Filter)? Rehearsal(Window window, Shape input, Shape filter)
    {
        int[] x = input.ToArray(), f = filter.ToArray();
        if (!filter.IsFullyKnown || !input[1..].IsFullyKnown) return null;
        // Whole lines of the picture, and as many of them and of channels as the fast kernels ask for.
        if (x[^1] == f[^2])
        {
            x[^1] = f[^2] = Fewer(x[^1]);
            f[^1] = Fewer(f[^1]);
        }

        var (lines, line) = (window.Output(0, x[1], f[0]), 1L);
        for (var i = 1; i < window.Rank; i++) line *= window.Output(i, x[i + 1], f[i]);
        if (lines * line == 0) return null;
        while (window.Output(0, x[1] / 2, f[0]) * line >= RehearsedOutputs && x[1] / 2 >= 4 * f[0]) x[1] /= 2;
        var batch = (int)Math.Min(x[0] == Shape.Unknown ? int.MaxValue : x[0], 1 + RehearsedOutputs / (window.Output(0, x[1], f[0]) * line));
        x[0] = batch;
        return (x, f);
    }

    static int Fewer(int channels) => channels <= 64 ? channels : 64 + channels % 16;

    /// <summary>The geometry of the convolution that takes an input of a shape with a filter of a shape to an output of a shape.</summary>
    internal static ConvGeometry Geometry(Window window, Shape input, Shape filter, Shape output)
    {
        var rank = window.Rank;
        Span<int> before = stackalloc int[rank];
        window.PadBefore(input, filter.Dimensions, before);
        var groups = filter[^2] == 0 ? 1 : Math.Max(1, input[^1] / filter[^2]);
        return ConvGeometry.Create(
            input[0], input.Dimensions[1..^1], input[^1], filter.Dimensions[..rank], filter[^1], window.Strides.Span, window.Dilations.Span, before, output.Dimensions[1..^1], groups);
    }
}
