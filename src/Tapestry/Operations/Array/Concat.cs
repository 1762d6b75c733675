using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Tensors one behind the other along an axis. Source: <c>tf.concat</c>.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
public sealed record ConcatOp(int Axis) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dimensions = context.Shape(0).ToArray();
        for (var input = 1; input < context.InputCount; input++)
        {
            var (shape, dtype) = (context.Shape(input), context.DType(input));
            if (!ReferenceEquals(dtype, context.DType(0))) throw Refuse("the dtypes differ", context, "equal dtypes", "Call Ops.Concat, which converts.");
            if (shape.Rank != dimensions.Length) throw Refuse("the ranks differ", context, $"{dimensions.Length} dimensions each");
            for (var axis = 0; axis < dimensions.Length; axis++)
            {
                if (axis == Axis) dimensions[axis] = dimensions[axis] < 0 || shape[axis] < 0 ? Shape.Unknown : dimensions[axis] + shape[axis];
                else if (dimensions[axis] < 0) dimensions[axis] = shape[axis];
                else if (shape[axis] >= 0 && shape[axis] != dimensions[axis]) throw Refuse($"the sizes along axis {axis} differ", context, $"equal sizes along all axes but {Axis}");
            }
        }

        context.Return(new Shape(dimensions), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var all = new Tensor[context.InputCount + 1];
        all[0] = context.Upstream(0);
        for (var i = 0; i < context.InputCount; i++) all[i + 1] = context.Input(i);
        for (var i = 0; i < context.InputCount; i++)
        {
            if (context.Needs(i)) context.Return(i, new ConcatPartOp(Axis, i).Apply(all));
        }
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs.Length == 1 ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var output = context.OutputTensor(0);
        var (outer, width) = Extents(output, Axis);
        var start = 0;
        for (var i = 0; i < context.InputCount; i++)
        {
            var input = context.InputTensor(i);
            var length = outer == 0 ? 0 : input.Size / outer;
            CopyRuns(input, 0, length, output, start, width, outer, length);
            start += length;
        }
    }

    /// <summary>How many runs of consecutive elements a tensor has in front of an axis, and how long each is.</summary>
    internal static (int Outer, int Width) Extents(Tensor tensor, int axis)
    {
        var outer = 1;
        for (var i = 0; i < axis; i++) outer *= tensor.Shape[i];
        return (outer, outer == 0 ? 0 : tensor.Size / outer);
    }

    /// <summary>Copies runs of consecutive elements.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="from">The first element of the first run.</param>
    /// <param name="fromStep">Elements from one run to the next.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="to">The first element of the first run there.</param>
    /// <param name="toStep">Elements from one run to the next there.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="length">Elements of each.</param>
    internal static unsafe void CopyRuns(Tensor source, int from, int fromStep, Tensor target, int to, int toStep, int runs, int length)
    {
        if (runs == 0 || length == 0) return;
        if (source.DType == DType.String)
        {
            for (var run = 0; run < runs; run++) source.Texts.AsSpan(from + (run * fromStep), length).CopyTo(target.Texts.AsSpan(to + (run * toStep)));
            return;
        }

        nint size = source.DType.Size;
        fixed (byte* start = source.Bytes, place = target.Bytes) RunCopy.Run(start + from * size, fromStep * size, place + to * size, toStep * size, runs, length * size);
    }
}

/// <summary>The part of a concatenation that one of its inputs gave. The first input is the concatenation, the others are its inputs, of which only the shapes matter.</summary>
/// <param name="Axis">The axis of the concatenation.</param>
/// <param name="Part">Which input.</param>
public sealed record ConcatPartOp(int Axis, int Part) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(Part + 1), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var parts = new Tensor[context.InputCount - 1];
        for (var i = 0; i < parts.Length; i++) parts[i] = i == Part ? context.Upstream(0) : Ops.ZerosLike(context.Input(i + 1), context.Upstream(0).DType);
        context.Return(0, new ConcatOp(Axis).Apply(parts));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (whole, part) = (context.InputTensor(0), context.OutputTensor(0));
        var (outer, width) = ConcatOp.Extents(whole, Axis);
        var start = 0;
        for (var i = 0; i < Part; i++) start += outer == 0 ? 0 : context.InputSpec(i + 1).Shape.Size / outer;
        var length = outer == 0 ? 0 : part.Size / outer;
        ConcatOp.CopyRuns(whole, start, width, part, 0, length, outer, length);
    }
}

/// <summary>Offers <see cref="ConcatOp"/> to users.</summary>
public static class ConcatEntry
{
    extension(Ops)
    {
        /// <summary>Tensors one behind the other along an axis. Source: <c>keras.ops.concatenate</c>, <c>tf.concat</c>.</summary>
        /// <param name="values">Tensors of equal rank, and of equal sizes along all other axes.</param>
        /// <param name="axis">The axis, the first by default; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">There is no tensor, or the shapes do not fit.</exception>
        public static Tensor Concat(IReadOnlyList<Tensor> values, int axis = 0)
        {
            if (values.Count == 0) throw new TapestryException("Concat", "no tensors", expected: "at least one");
            var rank = values[0].Rank;
            if (axis < -rank || axis >= rank) throw new TapestryException("Concat", "there is no such axis", $"axis {axis}, {values[0].Spec}", $"an axis from {-rank} to {rank - 1}");
            // Equal dtypes stay, of uint64 too, which otherwise counts as uint32.
            var dtype = values.All(tensor => tensor.DType == values[0].DType) ? values[0].DType : values.Skip(1).Aggregate((DType: values[0].DType, Kind: values[0].Weakness), (common, tensor) => (TypePromotion.Of(common.DType, common.Kind, tensor.DType, tensor.Weakness), (ScalarKind)Math.Min((int)common.Kind, (int)tensor.Weakness))).DType;
            return new ConcatOp(axis < 0 ? axis + rank : axis).Apply([.. values.Select(tensor => Promotion.To(tensor, dtype))]);
        }
    }
}
