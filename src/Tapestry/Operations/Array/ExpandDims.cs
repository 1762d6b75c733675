namespace Tapestry;

/// <summary>Dimensions of length 1 inserted. Source: <c>tf.expand_dims</c>.</summary>
/// <param name="Axes">The numbers they have afterwards, sorted.</param>
public sealed record ExpandDimsOp(ValueList<int> Axes) : Op
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
        foreach (var axis in Axes) dimensions.Insert(axis, 1);
        context.Return(new Shape([.. dimensions]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new SqueezeOp(Axes).Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="ExpandDimsOp"/> to users.</summary>
public static class ExpandDimsEntry
{
    extension(Ops)
    {
        /// <summary>A dimension of length 1 inserted, or several.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis">The numbers of the new dimensions in the result; negative ones count from its end.</param>
        /// <exception cref="TapestryException">There is no such place.</exception>
        public static Tensor ExpandDims(Tensor x, Axes axis)
        {
            var axes = Axes.Ordered("ExpandDims", axis.Numbers, x.Rank + axis.Numbers.Count, x);
            Array.Sort(axes);
            return axes.Length == 0 ? x : new ExpandDimsOp(axes).Apply(Promotion.To(x, x.DType));
        }
    }
}
