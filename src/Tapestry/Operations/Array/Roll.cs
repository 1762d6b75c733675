namespace Tapestry;

/// <summary>Elements moved along a dimension, those that leave at its end coming in at its start. Source: <c>tf.roll</c>.</summary>
/// <param name="Shift">By how many positions; negative ones move to the front.</param>
/// <param name="Axis">The dimension, counted from the front.</param>
public sealed record RollOp(int Shift, int Axis) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(0), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Shift == 0 ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new RollOp(-Shift, Axis).Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        if (input.Size == 0) return;
        var length = input.Shape[Axis];
        var (outer, width) = ConcatOp.Extents(input, Axis);
        var moved = (((Shift % length) + length) % length) * (width / length);
        ConcatOp.CopyRuns(input, 0, width, output, moved, width, outer, width - moved);
        ConcatOp.CopyRuns(input, width - moved, width, output, 0, width, outer, moved);
    }
}

/// <summary>Offers <see cref="RollOp"/> to users.</summary>
public static class RollEntry
{
    extension(Ops)
    {
        /// <summary>Elements moved along dimensions, those that leave at the end coming in at the start.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="shift">By how many positions, one number for all or one for each dimension; negative ones move to the front.</param>
        /// <param name="axis">The dimensions; null rolls the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such dimension, or the numbers of shifts and dimensions differ.</exception>
        public static Tensor Roll(Tensor x, Axes shift, Axes? axis = null)
        {
            if (axis is not { } given) return Ops.ReshapeLike(Ops.Roll(Ops.Reshape(x, [null]), shift, 0), x);
            var (shifts, axes) = (shift.Numbers, given.Numbers);
            if (shifts.Count != axes.Count && shifts.Count != 1 && axes.Count != 1) throw new TapestryException("Roll", "the numbers of shifts and axes differ", $"{shifts.Count} and {axes.Count}", "equal numbers, or one of either");
            for (var i = 0; i < Math.Max(shifts.Count, axes.Count); i++)
            {
                var along = Axes.Ordered("Roll", [axes[axes.Count == 1 ? 0 : i]], x.Rank, x)[0];
                x = new RollOp(shifts[shifts.Count == 1 ? 0 : i], along).Apply(Promotion.To(x, x.DType));
            }

            return x;
        }
    }
}
