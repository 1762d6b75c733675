namespace Tapestry;

/// <summary>Dimensions of length 1 removed. Source: <c>tf.squeeze</c>.</summary>
/// <param name="Axes">The dimensions, sorted.</param>
public sealed record SqueezeOp(ValueList<int> Axes) : Op
{
    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dimensions = context.Shape(0).ToArray().ToList();
        for (var i = Axes.Count - 1; i >= 0; i--)
        {
            if (dimensions[Axes[i]] is not (1 or Shape.Unknown)) throw Refuse($"dimension {Axes[i]} is not of length 1", context, "1 along every axis that is removed");
            dimensions.RemoveAt(Axes[i]);
        }

        context.Return(new Shape([.. dimensions]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new ExpandDimsOp(Axes).Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="SqueezeOp"/> to users.</summary>
public static class SqueezeEntry
{
    extension(Ops)
    {
        /// <summary>Dimensions of length 1 removed.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The dimensions; all that are known to be of length 1 by default.</param>
        /// <exception cref="TapestryException">There is no such dimension, or it has another length.</exception>
        public static Tensor Squeeze(Tensor x, Axes? axis = null)
        {
            int[] axes = axis is { } given ? [.. Axes.Of("Squeeze", given, x)] : [.. Enumerable.Range(0, x.Rank).Where(i => x.Shape[i] == 1)];
            return axes.Length == 0 ? x : new SqueezeOp(axes).Apply(Promotion.To(x, x.DType));
        }
    }
}
