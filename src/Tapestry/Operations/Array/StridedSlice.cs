namespace Tapestry;

/// <summary>Some positions of every dimension. Source: <c>tf.strided_slice</c>.</summary>
/// <param name="Ranges">The positions of the leading dimensions; the others are taken whole.</param>
public sealed record StridedSliceOp(ValueList<SliceRange> Ranges) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dimensions = context.Shape(0).ToArray();
        for (var i = 0; i < Ranges.Count; i++)
        {
            if (dimensions[i] != Shape.Unknown) dimensions[i] = Ranges[i].Resolve(dimensions[i])?.Count ?? throw Refuse($"there is no position {Ranges[i]} in dimension {i}", context, $"positions from {-dimensions[i]} to {dimensions[i] - 1}");
            else if (!Ranges[i].IsAll) dimensions[i] = Ranges[i].CountOfUnknown();
        }

        context.Return(new Shape(dimensions), context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs)
    {
        for (var i = 0; i < Ranges.Count; i++)
        {
            var whole = Ranges[i].IsAll || (inputs[0].Shape[i] is var length && length != Shape.Unknown && Ranges[i].Step == 1 && Ranges[i].Resolve(length) == (0, length));
            if (!whole) return null;
        }

        return inputs[0];
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new StridedSliceGradientOp(Ranges).Apply(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        Span<nint> from = stackalloc nint[input.Rank], to = stackalloc nint[input.Rank];
        var offset = Layout(Ranges, input.Shape, from);
        ElementCopy.Strides(output.Shape.Dimensions, to);
        ElementCopy.Box(input, offset, from, output, 0, to, output.Shape.Dimensions);
    }

    /// <summary>Where in the whole tensor the first element of the slice is, and how far its neighbours are apart.</summary>
    internal static nint Layout(ValueList<SliceRange> ranges, Shape whole, Span<nint> strides)
    {
        ElementCopy.Strides(whole.Dimensions, strides);
        nint offset = 0;
        for (var i = 0; i < ranges.Count; i++)
        {
            var (first, count) = ranges[i].Resolve(whole[i])!.Value;
            if (count > 0) offset += first * strides[i];
            strides[i] *= ranges[i].Step;
        }

        return offset;
    }
}

/// <summary>Zeros in the shape of the second input, with the first where a slice of it would have been taken.</summary>
/// <param name="Ranges">The positions of the slice.</param>
public sealed record StridedSliceGradientOp(ValueList<SliceRange> Ranges) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(1), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new StridedSliceOp(Ranges).Apply(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (slice, whole) = (context.InputTensor(0), context.OutputTensor(0));
        whole.Bytes.Clear();
        Span<nint> from = stackalloc nint[whole.Rank], to = stackalloc nint[whole.Rank];
        ElementCopy.Strides(slice.Shape.Dimensions, from);
        var offset = StridedSliceOp.Layout(Ranges, whole.Shape, to);
        ElementCopy.Box(slice, 0, from, whole, offset, to, slice.Shape.Dimensions);
    }
}

/// <summary>Offers <see cref="StridedSliceOp"/> to users.</summary>
public static class StridedSliceEntry
{
    extension(Ops)
    {
        /// <summary>A box of a tensor. Source: <c>tf.slice</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="begin">The first position of every dimension.</param>
        /// <param name="size">The number of positions of every dimension; -1 takes all that are left.</param>
        /// <exception cref="TapestryException">The box does not lie within the tensor, or the numbers of dimensions differ.</exception>
        public static Tensor Slice(Tensor x, int[] begin, int[] size)
        {
            if (begin.Length != x.Rank || size.Length != x.Rank) throw new TapestryException("Slice", "the numbers of dimensions differ", $"begin of {begin.Length}, size of {size.Length}, {x.Spec}", $"{x.Rank} each");
            var ranges = new SliceRange[x.Rank];
            for (var i = 0; i < ranges.Length; i++)
            {
                var length = x.Shape[i];
                if (begin[i] < 0 || size[i] < -1 || (length >= 0 && begin[i] + Math.Max(0, size[i]) > length)) throw new TapestryException("Slice", $"the box reaches out of dimension {i}", $"begin {begin[i]}, size {size[i]}, {x.Spec}", $"positions from 0 to {length}");
                ranges[i] = size[i] < 0 ? SliceRange.All with { Start = begin[i] } : SliceRange.Of(begin[i], size[i]);
            }

            return new StridedSliceOp(ranges).Apply(Promotion.To(x, x.DType));
        }

        /// <summary>A box of known size at a position that is a tensor, as it is in a loop. Source: <c>tf.slice</c>, <c>keras.ops.slice</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="begin">The first position of every dimension: a vector of integers.</param>
        /// <param name="size">The number of positions of every dimension.</param>
        /// <exception cref="TapestryException">The numbers of dimensions differ, a size is negative, or, when it is computed, the box does not lie within the tensor.</exception>
        public static Tensor Slice(Tensor x, Tensor begin, int[] size)
        {
            if (begin.Rank != 1 || !begin.Shape.IsCompatibleWith([x.Rank]) || size.Length != x.Rank || size.Any(count => count < 0)) throw new TapestryException("Slice", "the box does not fit the dimensions", $"begin {begin.Spec}, size [{string.Join(", ", size)}], {x.Spec}", $"{x.Rank} positions and {x.Rank} sizes from 0 on");
            begin = Positions.Normalize("Slice", begin);
            for (var i = 0; i < size.Length; i++) x = Ops.Gather(x, Ops.GetItem(begin, i) + Ops.Range(size[i], begin.DType), i);
            return x;
        }
    }
}
