using Tapestry.Kernels.Codegen;

namespace Tapestry;

/// <summary>Conversion to another dtype. Source: <c>tf.cast</c>.</summary>
/// <param name="To">The dtype of the result.</param>
public sealed record CastOp(DType To) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var from = context.DType(0);
        if (from == DType.String || To == DType.String) throw Refuse($"{from} does not convert to {To}", context, "numeric or bool dtypes", "Use Ops.AsString or Ops.StringToNumber.");
        context.Return(context.Shape(0), To);
    }

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.Cast(context.Upstream(0), context.Input(0).DType));

    internal override bool IsCheap => true;

    // Truth to numbers and back: other conversions change the width of lanes, or do not round as their vectors would.
    internal override bool IsElementwise(ReadOnlySpan<Tensor> inputs) =>
        (inputs[0].DType == DType.Bool && FusableLanes.Of(To) is not null) || (To == DType.Bool && FusableLanes.Of(inputs[0].DType) is not null);

    internal override Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) =>
        To == DType.Bool ? ~Recorder.Equal(inputs[0], Recorder.Create(0L)) : Recorder.Select(inputs[0], Recorder.Create(1L), Recorder.Create(0L));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => CastKernel.Run(context.InputTensor(0), context.OutputTensor(0));
}

/// <summary>Offers <see cref="CastOp"/> to users.</summary>
public static class CastEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The elements in another dtype. Fractions are cut off, integers keep their low bits, anything but zero is true, and the imaginary
        /// part of a complex number is dropped.
        /// </summary>
        /// <param name="x">A tensor.</param>
        /// <param name="dtype">The dtype of the result.</param>
        public static Tensor Cast(Tensor x, DType dtype)
        {
            if (x.Weakness != ScalarKind.None) return TensorFactory.Scalar(dtype, x.WeakValue);
            return ReferenceEquals(x.DType, dtype) ? x : new CastOp(dtype).Apply(x);
        }
    }
}
