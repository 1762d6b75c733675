namespace Tapestry;

/// <summary>The positions of elements that are true or not zero, one row each. Source: <c>tf.where</c> of one argument.</summary>
public sealed record NonZeroOp : Op
{
    internal static readonly NonZeroOp Instance = new();

    /// <inheritdoc/>
    public override bool HasDynamicShape => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (context.DType(0) != DType.Bool) throw Refuse("the condition has another dtype", context, "bool", "Call Ops.Where, which converts.");
        context.Return([null, context.Shape(0).Rank], DType.Int64);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Positions do not depend smoothly on anything.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Write(context.InputTensor(0), context.Output<long>(0));

    /// <inheritdoc/>
    internal override void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var count = inputs[0].Size - inputs[0].Elements<byte>().Count((byte)0);
        outputs[0] = Tensor.Allocate(DType.Int64, [count, inputs[0].Rank]);
        Write(inputs[0], outputs[0].Elements<long>());
    }

    static void Write(Tensor condition, Span<long> positions)
    {
        ReadOnlySpan<byte> flags = condition.Elements<byte>();
        var dimensions = condition.Shape.Dimensions;
        var row = 0;
        for (var i = 0; i < flags.Length; i++)
        {
            if (flags[i] == 0) continue;
            var rest = i;
            for (var d = dimensions.Length - 1; d >= 0; d--)
            {
                positions[(row * dimensions.Length) + d] = rest % dimensions[d];
                rest /= dimensions[d];
            }

            row++;
        }
    }
}

/// <summary>Offers <see cref="NonZeroOp"/> to users.</summary>
public static class NonZeroEntry
{
    extension(Ops)
    {
        /// <summary>The positions of elements that are true or not zero, in C order, as int64: one row each, one column for every dimension. Source: <c>tf.where</c>.</summary>
        /// <param name="condition">A bool tensor; numbers count as true unless they are 0.</param>
        public static Tensor Where(Tensor condition) => NonZeroOp.Instance.Apply(Ops.Cast(condition, DType.Bool));

        /// <summary>The positions of elements that are not zero, one tensor for every dimension. Source: <c>keras.ops.nonzero</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor[] NonZero(Tensor x) => [.. Ops.Unstack(Ops.Where(x), axis: 1).Select(positions => Ops.Cast(positions, DType.Int32))];

        /// <summary>The entries where a mask is true. Source: <c>tf.boolean_mask</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="mask">A bool tensor of the shape of the leading dimensions of <paramref name="x"/>.</param>
        /// <param name="axis">The first dimension of the tensor that the mask covers.</param>
        /// <exception cref="TapestryException">The mask is no bool tensor, or has another shape.</exception>
        public static Tensor BooleanMask(Tensor x, Tensor mask, int axis = 0)
        {
            if (mask.DType != DType.Bool || mask.Rank == 0) throw new TapestryException("BooleanMask", "the mask is none", mask.Spec.ToString(), "bool, at least one dimension");
            var along = Axes.Ordered("BooleanMask", [axis], x.Rank, x)[0];
            if (along + mask.Rank > x.Rank || !mask.Shape.IsCompatibleWith(x.Shape[along..(along + mask.Rank)])) throw new TapestryException("BooleanMask", "the mask has another shape", $"{mask.Spec} for {x.Spec}", $"the dimensions of the tensor from {along} on");
            if (along == 0) return Ops.GatherNd(x, Ops.Where(mask));
            var positions = Ops.Squeeze(Ops.Where(Ops.Reshape(mask, [-1])), 1);
            return Ops.Gather(new MergeDimensionsOp(along, mask.Rank).Apply(Promotion.To(x, x.DType)), positions, along);
        }
    }
}
