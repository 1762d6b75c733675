namespace Tapestry;

/// <summary>The axes in another order. Source: <c>tf.transpose</c>.</summary>
/// <param name="Permutation">For every axis of the result the axis of the input, counted from the front.</param>
public sealed record TransposeOp(ValueList<int> Permutation) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        var dimensions = new int[Permutation.Count];
        if (shape.Rank != dimensions.Length) throw Refuse($"the permutation {Permutation} does not name every axis once", context, $"the axes 0 to {shape.Rank - 1} in some order");
        for (var i = 0; i < dimensions.Length; i++) dimensions[i] = shape[Permutation[i]];
        context.Return(new Shape(dimensions), context.DType(0));
    }

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs)
    {
        for (var i = 0; i < Permutation.Count; i++)
        {
            if (Permutation[i] != i) return null;
        }

        return inputs[0];
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var inverse = new int[Permutation.Count];
        for (var i = 0; i < inverse.Length; i++) inverse[Permutation[i]] = i;
        context.Return(0, new TransposeOp(inverse).Apply(context.Upstream(0)));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (input, output) = (context.InputTensor(0), context.OutputTensor(0));
        Span<nint> plain = stackalloc nint[input.Rank], from = stackalloc nint[input.Rank], to = stackalloc nint[input.Rank];
        ElementCopy.Strides(input.Shape.Dimensions, plain);
        ElementCopy.Strides(output.Shape.Dimensions, to);
        for (var i = 0; i < from.Length; i++) from[i] = plain[Permutation[i]];
        ElementCopy.Box(input, 0, from, output, 0, to, output.Shape.Dimensions);
    }
}

/// <summary>Offers <see cref="TransposeOp"/> to users.</summary>
public static class TransposeEntry
{
    extension(Ops)
    {
        /// <summary>The axes in another order.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axes">For every axis of the result the axis of <paramref name="x"/>; negative ones count from the end. Reversed by default.</param>
        /// <param name="conjugate">Whether complex numbers are conjugated, too.</param>
        /// <exception cref="TapestryException">The axes are not those of <paramref name="x"/>, each once.</exception>
        public static Tensor Transpose(Tensor x, int[]? axes = null, bool conjugate = false)
        {
            if (conjugate) x = Ops.Conj(x);
            var order = axes is null ? [.. Enumerable.Range(0, x.Rank).Reverse()] : axes.Select(axis => axis < 0 ? axis + x.Rank : axis).ToArray();
            if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Rank))) throw new TapestryException("Transpose", "the permutation does not name every axis once", $"[{string.Join(", ", axes!)}] for {x.Spec}", $"the axes 0 to {x.Rank - 1} in some order");
            return new TransposeOp(order).Apply(Promotion.To(x, x.DType));
        }

        /// <summary>One axis moved to another place, the others keeping their order. Source: <c>keras.ops.moveaxis</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="source">The axis; a negative one counts from the end.</param>
        /// <param name="destination">Its number afterwards; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor MoveAxis(Tensor x, int source, int destination) => Ops.MoveAxis(x, [source], [destination]);

        /// <summary>Several axes moved to other places, the others keeping their order.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="source">The axes; negative ones count from the end.</param>
        /// <param name="destination">Their numbers afterwards; negative ones count from the end.</param>
        /// <exception cref="TapestryException">There is no such axis, or the numbers of axes differ.</exception>
        public static Tensor MoveAxis(Tensor x, int[] source, int[] destination)
        {
            if (source.Length != destination.Length) throw new TapestryException("MoveAxis", "the numbers of axes differ", $"{source.Length} and {destination.Length}", "as many destinations as sources");
            var from = Axes.Ordered("MoveAxis", source, x.Rank, x);
            var to = Axes.Ordered("MoveAxis", destination, x.Rank, x);
            var rest = Enumerable.Range(0, x.Rank).Except(from).GetEnumerator();
            var order = new int[x.Rank];
            for (var i = 0; i < order.Length; i++)
            {
                var moved = Array.IndexOf(to, i);
                if (moved < 0) rest.MoveNext();
                order[i] = moved < 0 ? rest.Current : from[moved];
            }

            return Ops.Transpose(x, order);
        }

        /// <summary>Two axes exchanged. Source: <c>keras.ops.swapaxes</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="axis1">One axis; a negative one counts from the end.</param>
        /// <param name="axis2">The other.</param>
        /// <exception cref="TapestryException">There is no such axis.</exception>
        public static Tensor SwapAxes(Tensor x, int axis1, int axis2)
        {
            var (first, second) = (Axes.Ordered("SwapAxes", [axis1], x.Rank, x)[0], Axes.Ordered("SwapAxes", [axis2], x.Rank, x)[0]);
            var order = Enumerable.Range(0, x.Rank).ToArray();
            (order[first], order[second]) = (second, first);
            return Ops.Transpose(x, order);
        }
    }
}
