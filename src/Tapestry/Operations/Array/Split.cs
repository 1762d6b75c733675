namespace Tapestry;

/// <summary>The parts of a tensor along an axis. Source: <c>tf.split</c>.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
/// <param name="Sizes">The length of each part; one may be -1 and takes what is left, all may be -1 and are equal.</param>
public sealed record SplitOp(int Axis, ValueList<int> Sizes) : Op
{
    /// <inheritdoc/>
    public override int OutputCount => Sizes.Count;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        var length = shape[Axis];
        var (given, open) = (0, 0);
        foreach (var size in Sizes.Span)
        {
            if (size < 0) open++;
            else given += size;
        }

        if (length >= 0 && (open == 0 ? given != length : given > length || (length - given) % open != 0)) throw Refuse($"dimension {Axis} of length {length} does not part into {(open == Sizes.Count ? $"{open} equal parts" : Sizes)}", context, open == Sizes.Count ? $"a multiple of {open}" : "sizes that add up to it");
        var rest = length < 0 ? Shape.Unknown : open == 0 ? 0 : (length - given) / open;
        var dimensions = shape.ToArray();
        for (var i = 0; i < Sizes.Count; i++)
        {
            dimensions[Axis] = Sizes[i] < 0 ? rest : Sizes[i];
            context.Return(i, new Shape(dimensions), context.DType(0));
        }
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var parts = new Tensor[Sizes.Count];
        for (var i = 0; i < parts.Length; i++) parts[i] = context.Upstream(i);
        context.Return(0, new ConcatOp(Axis).Apply(parts));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var whole = context.InputTensor(0);
        var (outer, width) = ConcatOp.Extents(whole, Axis);
        var start = 0;
        for (var i = 0; i < context.OutputCount; i++)
        {
            var part = context.OutputTensor(i);
            var length = outer == 0 ? 0 : part.Size / outer;
            ConcatOp.CopyRuns(whole, start, width, part, 0, length, outer, length);
            start += length;
        }
    }
}

/// <summary>Offers <see cref="SplitOp"/> to users.</summary>
public static class SplitEntry
{
    extension(Ops)
    {
        /// <summary>Equal parts of a tensor along an axis.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="parts">How many parts.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">There is no such axis, or its length is no multiple of <paramref name="parts"/>.</exception>
        public static Tensor[] Split(Tensor x, int parts, int axis = 0)
        {
            if (parts < 1) throw new TapestryException("Split", "no parts", $"{parts}", "at least 1");
            return new SplitOp(Axes.Ordered("Split", [axis], x.Rank, x)[0], Enumerable.Repeat(-1, parts).ToArray()).ApplyAll(Promotion.To(x, x.DType));
        }

        /// <summary>Parts of given lengths along an axis.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="sizes">The length of each part; one may be -1 and takes what is left.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">There is no such axis, or the sizes do not add up to its length.</exception>
        public static Tensor[] Split(Tensor x, int[] sizes, int axis = 0)
        {
            if (sizes.Length == 0 || sizes.Count(size => size < 0) > 1) throw new TapestryException("Split", "the sizes do not say how to part", $"[{string.Join(", ", sizes)}]", "at least one size, and at most one -1");
            return new SplitOp(Axes.Ordered("Split", [axis], x.Rank, x)[0], sizes).ApplyAll(Promotion.To(x, x.DType));
        }
    }
}
