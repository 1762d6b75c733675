namespace Tapestry;

/// <summary>A tensor with elements of one value around it. Source: <c>tf.pad</c>.</summary>
/// <param name="Before">How many in front, for every dimension.</param>
/// <param name="After">How many behind, for every dimension.</param>
/// <param name="Value">The value.</param>
public sealed record PadOp(ValueList<int> Before, ValueList<int> After, double Value) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dimensions = context.Shape(0).ToArray();
        if (dimensions.Length != Before.Count) throw Refuse("the numbers of dimensions differ", context, $"{Before.Count} dimensions");
        if (context.DType(0) == DType.String) throw Refuse("a text cannot be padded", context, "numbers");
        for (var i = 0; i < dimensions.Length; i++) dimensions[i] = dimensions[i] < 0 ? Shape.Unknown : dimensions[i] + Before[i] + After[i];
        context.Return(new Shape(dimensions), context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Before.Span.ContainsAnyExcept(0) || After.Span.ContainsAnyExcept(0) ? null : inputs[0];

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var ranges = new SliceRange[Before.Count];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = new SliceRange(Before[i], false, After[i] == 0 ? null : After[i], true, 1, false);
        context.Return(0, new StridedSliceOp(ranges).Apply(context.Upstream(0)));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        TensorFactory.Write(output, Value);
        Span<nint> from = stackalloc nint[input.Rank], to = stackalloc nint[input.Rank];
        ElementCopy.Strides(input.Shape.Dimensions, from);
        ElementCopy.Strides(output.Shape.Dimensions, to);
        nint offset = 0;
        for (var i = 0; i < to.Length; i++) offset += Before[i] * to[i];
        ElementCopy.Box(input, 0, from, output, offset, to, input.Shape.Dimensions);
    }
}

/// <summary>What stands around a padded tensor.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The elements mirrored at the outermost, which is not repeated: <c>c b | a b c | b a</c>.</summary>
    Reflect,

    /// <summary>The elements mirrored at the edge: <c>b a | a b c | c b</c>.</summary>
    Symmetric,
}

/// <summary>Offers padding to users.</summary>
public static class PadEntry
{
    extension(Ops)
    {
        /// <summary>A tensor with elements around it. Source: <c>tf.pad</c>, <c>keras.ops.pad</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="padWidth">For every dimension how many elements in front and how many behind: an array of two columns. A single row holds for all dimensions.</param>
        /// <param name="mode">What stands there.</param>
        /// <param name="constantValues">The value in the mode <see cref="PadMode.Constant"/>, 0 by default; null in the others.</param>
        /// <exception cref="TapestryException">A width is negative, there are not as many rows as dimensions, there is not enough to mirror, or a mode that mirrors is given a value.</exception>
        public static Tensor Pad(Tensor x, int[,] padWidth, PadMode mode = PadMode.Constant, double? constantValues = null)
        {
            if (mode != PadMode.Constant && constantValues is { } unused) throw new TapestryException("Pad", $"the mode {mode} takes no value", $"{unused}", "a value in the mode Constant only");
            var rows = padWidth.GetLength(0);
            if (padWidth.GetLength(1) != 2 || (rows != x.Rank && rows != 1)) throw new TapestryException("Pad", "the widths do not fit", $"{rows} × {padWidth.GetLength(1)} widths, {x.Spec}", $"{x.Rank} × 2 widths");
            var (before, after) = (new int[x.Rank], new int[x.Rank]);
            for (var i = 0; i < x.Rank; i++)
            {
                (before[i], after[i]) = (padWidth[rows == 1 ? 0 : i, 0], padWidth[rows == 1 ? 0 : i, 1]);
                if (before[i] < 0 || after[i] < 0) throw new TapestryException("Pad", "a width is negative", $"{before[i]}, {after[i]} for dimension {i}", "0 or more");
            }

            x = Promotion.To(x, x.DType);
            if (mode == PadMode.Constant) return new PadOp(before, after, constantValues ?? 0).Apply(x);
            for (var i = 0; i < x.Rank; i++) x = Mirror(x, i, before[i], after[i], mode == PadMode.Reflect ? 1 : 0);
            return x;
        }

        /// <summary>A tensor with as many elements around it on every side. Source: <c>keras.ops.pad</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="padWidth">How many elements in front and behind, in every dimension.</param>
        /// <param name="mode">What stands there.</param>
        /// <param name="constantValues">The value in the mode <see cref="PadMode.Constant"/>, 0 by default; null in the others.</param>
        /// <exception cref="TapestryException">The width is negative, there is not enough to mirror, or a mode that mirrors is given a value.</exception>
        public static Tensor Pad(Tensor x, int padWidth, PadMode mode = PadMode.Constant, double? constantValues = null) => Ops.Pad(x, new[,] { { padWidth, padWidth } }, mode, constantValues);
    }

    static Tensor Mirror(Tensor x, int axis, int before, int after, int skipped)
    {
        if (before == 0 && after == 0) return x;
        var length = x.Shape[axis];
        if (length >= 0 && Math.Max(before, after) > length - skipped) throw new TapestryException("Pad", $"dimension {axis} has too few elements to mirror", $"widths {before}, {after}, {x.Spec}", $"widths up to {length - skipped}");
        var parts = new List<Tensor> { x };
        if (before > 0) parts.Insert(0, Ops.Flip(Part(x, axis, new SliceRange(skipped, false, skipped + before, false, 1, false)), axis));
        if (after > 0) parts.Add(Ops.Flip(Part(x, axis, new SliceRange(skipped + after, true, skipped == 0 ? null : skipped, true, 1, false)), axis));
        return Ops.Concat(parts, axis);
    }

    static Tensor Part(Tensor x, int axis, SliceRange range) => new StridedSliceOp([.. Enumerable.Repeat(SliceRange.All, axis), range]).Apply(x);
}
