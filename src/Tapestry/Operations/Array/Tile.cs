namespace Tapestry;

/// <summary>A tensor repeated along every dimension. Source: <c>tf.tile</c>.</summary>
/// <param name="Multiples">How often, for every dimension.</param>
public sealed record TileOp(ValueList<int> Multiples) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dimensions = context.Shape(0).ToArray();
        for (var i = 0; i < dimensions.Length; i++) dimensions[i] = dimensions[i] < 0 ? Shape.Unknown : dimensions[i] * Multiples[i];
        context.Return(new Shape(dimensions), context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => Multiples.Span.ContainsAnyExcept(1) ? null : inputs[0];

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // The repetitions become dimensions of their own and are summed.
        var axes = new int[Multiples.Count];
        for (var i = 0; i < axes.Length; i++) axes[i] = 2 * i;
        context.Return(0, new SumOp(axes, false).Apply(new TilesOp(Multiples).Apply(context.Upstream(0), context.Input(0))));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        var rank = input.Rank;
        Span<nint> plain = stackalloc nint[rank], whole = stackalloc nint[rank], from = stackalloc nint[2 * rank], to = stackalloc nint[2 * rank];
        Span<int> box = stackalloc int[2 * rank];
        ElementCopy.Strides(input.Shape.Dimensions, plain);
        ElementCopy.Strides(output.Shape.Dimensions, whole);
        for (var i = 0; i < rank; i++)
        {
            (box[2 * i], box[(2 * i) + 1]) = (Multiples[i], input.Shape[i]);
            (from[2 * i], from[(2 * i) + 1]) = (0, plain[i]);
            (to[2 * i], to[(2 * i) + 1]) = (whole[i] * input.Shape[i], whole[i]);
        }

        ElementCopy.Box(input, 0, from, output, 0, to, box);
    }
}

/// <summary>A tiled tensor with every dimension parted in two, the repetitions and what was repeated; the second input has the shape of a tile.</summary>
/// <param name="Multiples">How often the tile was repeated.</param>
sealed record TilesOp(ValueList<int> Multiples) : Op
{
    public override bool IsView => true;

    public override bool ReadsValue(int input) => input == 0;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context)
    {
        var dimensions = new int[2 * Multiples.Count];
        for (var i = 0; i < Multiples.Count; i++) (dimensions[2 * i], dimensions[(2 * i) + 1]) = (Multiples[i], context.Shape(1)[i]);
        context.Return(new Shape(dimensions), context.DType(0));
    }

    public override void Gradient(GradientContext context) => context.Return(0, Ops.ReshapeLike(context.Upstream(0), context.Input(0)));

    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="TileOp"/> to users.</summary>
public static class TileEntry
{
    extension(Ops)
    {
        /// <summary>A tensor repeated along its dimensions. Source: <c>tf.tile</c>, <c>keras.ops.tile</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="repeats">How often, for every dimension; missing ones in front are 1, missing dimensions of <paramref name="x"/> are added in front.</param>
        /// <exception cref="TapestryException">A number is negative.</exception>
        public static Tensor Tile(Tensor x, int[] repeats)
        {
            if (repeats.Any(count => count < 0)) throw new TapestryException("Tile", "a number of repetitions is negative", string.Join(", ", repeats), "0 or more");
            if (repeats.Length > x.Rank) x = Ops.ExpandDims(x, Enumerable.Range(0, repeats.Length - x.Rank).ToArray());
            return new TileOp([.. Enumerable.Repeat(1, x.Rank - repeats.Length), .. repeats]).Apply(Promotion.To(x, x.DType));
        }

        /// <summary>A tensor repeated along its last dimension. Source: <c>keras.ops.tile</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="repeats">How often.</param>
        /// <exception cref="TapestryException">The number is negative.</exception>
        public static Tensor Tile(Tensor x, int repeats) => Ops.Tile(x, [repeats]);

        /// <summary>Every element repeated in its place. Source: <c>tf.repeat</c>, <c>keras.ops.repeat</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="repeats">How often.</param>
        /// <param name="axis">The axis; null repeats the elements of the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such axis, or the number is negative.</exception>
        public static Tensor Repeat(Tensor x, int repeats, int? axis = null)
        {
            if (repeats < 0) throw new TapestryException("Repeat", "the number of repetitions is negative", $"{repeats}", "0 or more");
            if (axis is not { } given) return Ops.Repeat(Ops.Reshape(x, [null]), repeats, 0);
            var along = Axes.Ordered("Repeat", [given], x.Rank, x)[0];
            var multiples = Enumerable.Repeat(1, x.Rank + 1).ToArray();
            multiples[along + 1] = repeats;
            return new MergeDimensionsOp(along, 2).Apply(Ops.Tile(Ops.ExpandDims(x, along + 1), multiples));
        }

        /// <summary>Every entry along an axis repeated as often as given for it.</summary>
        /// <param name="x">A tensor whose length along the axis is known.</param>
        /// <param name="repeats">How often, for every position of the axis.</param>
        /// <param name="axis">The axis; null repeats the elements of the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such axis, a number is negative, or there are not as many numbers as positions.</exception>
        public static Tensor Repeat(Tensor x, int[] repeats, int? axis = null)
        {
            if (axis is not { } given) return Ops.Repeat(Ops.Reshape(x, [null]), repeats, 0);
            if (repeats.Length == 1) return Ops.Repeat(x, repeats[0], axis);
            var along = Axes.Ordered("Repeat", [given], x.Rank, x)[0];
            if (repeats.Length != x.Shape[along] || repeats.Any(count => count < 0)) throw new TapestryException("Repeat", $"the repetitions do not fit dimension {along}", $"[{string.Join(", ", repeats)}], {x.Spec}", $"{x.Shape[along]} numbers from 0 on");
            int[] positions = [.. repeats.SelectMany((count, position) => Enumerable.Repeat(position, count))];
            return Ops.Gather(x, positions, along);
        }

        /// <summary>Every entry along an axis repeated as often as a tensor says, whose values decide the shape of the result.</summary>
        /// <param name="x">A tensor whose length along the axis is known.</param>
        /// <param name="repeats">How often, for every position of the axis: integers with values.</param>
        /// <param name="axis">The axis; null repeats the elements of the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such axis, a number is negative, there are not as many numbers as positions, or the numbers are not known while a function is traced.</exception>
        public static Tensor Repeat(Tensor x, Tensor repeats, int? axis = null)
        {
            TensorReader.RequireValues(repeats, "Repeat");
            return Ops.Repeat(x, Ops.Cast(Ops.Reshape(repeats, [-1]), DType.Int32).ToArray<int>(), axis);
        }
    }
}
