using Tapestry.Kernels.Pooling;

namespace Tapestry;

/// <summary>Shapes of poolings: what their operations infer, and what their kernels are told.</summary>
static class PoolShapes
{
    /// <summary>The shape of the result, or a refusal.</summary>
    internal static Shape Output(Op op, in InferContext context, int input, ValueList<int> size, Window window)
    {
        var (x, dtype) = (context.Shape(input), context.DType(input));
        if (window.Fault() is { } fault) throw new TapestryException(op.Name, fault, context.Describe(), "positive strides and dilations, paddings of 0 and above, one for each spatial dimension");
        if (window.Rank is < 1 or > ConvShapes.MaximumRank) throw new TapestryException(op.Name, $"{window.Rank} spatial dimensions", context.Describe(), "between 1 and 3");
        if (x.Rank != window.Rank + 2) throw new TapestryException(op.Name, $"an input of rank {x.Rank} for {window.Rank} spatial dimensions", context.Describe(), "an input [batch, spatial…, channels]");
        if (size.Count != window.Rank || IsEmpty(size)) throw new TapestryException(op.Name, $"a window of {size}", context.Describe(), "a positive size for each spatial dimension");
        if (dtype != DType.Float32 && dtype != DType.Float64) throw new TapestryException(op.Name, $"{dtype} has no kernel of its own", context.Describe(), "float32 or float64", "Convert with Ops.Cast.");
        var dimensions = x.ToArray();
        for (var i = 0; i < window.Rank; i++) dimensions[i + 1] = window.Output(i, x[i + 1], size[i]);
        return new Shape(dimensions);
    }

    static bool IsEmpty(ValueList<int> size)
    {
        foreach (var taps in size.Span)
        {
            if (taps < 1) return true;
        }

        return false;
    }

    /// <summary>The geometry of a pooling from one shape to another.</summary>
    internal static PoolGeometry Geometry(ValueList<int> size, Window window, Shape input, Shape output)
    {
        Span<int> before = stackalloc int[window.Rank];
        window.PadBefore(input, size.Span, before);
        return PoolGeometry.Create(input[0], input.Dimensions[1..^1], input[^1], size.Span, window.Strides.Span, window.Dilations.Span, before, output.Dimensions[1..^1]);
    }
}
