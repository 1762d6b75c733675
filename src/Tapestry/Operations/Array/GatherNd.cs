namespace Tapestry;

/// <summary>
/// Positions that name several leading dimensions of the second input, of which only the shape matters, as positions within these dimensions taken as one.
/// Source: <c>numpy.ravel_multi_index</c>.
/// </summary>
/// <param name="Skipped">How many dimensions in front are not named.</param>
sealed record RavelPositionsOp(int Skipped = 0) : Op
{
    internal static readonly RavelPositionsOp Instance = new();

    public override bool ReadsValue(int input) => input == 0;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (!Positions.IsIndex(context.DType(0))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        if (shape.Rank == 0 || shape[^1] < 0 || shape[^1] > context.Shape(1).Rank - Skipped) throw Refuse("the last dimension of the indices does not fit", context, $"at most {context.Shape(1).Rank - Skipped}");
        context.Return(shape[..^1], DType.Int64);
    }

    public override void Gradient(GradientContext context)
    {
        // Positions do not depend smoothly on anything.
    }

    public override void Run(in KernelContext context)
    {
        var positions = context.InputTensor(0);
        var dimensions = context.InputSpec(1).Shape.Dimensions[Skipped..];
        var depth = positions.Shape[^1];
        var result = context.Output<long>(0);
        for (var row = 0; row < result.Length; row++)
        {
            var flat = 0L;
            for (var d = 0; d < depth; d++)
            {
                var value = positions.DType == DType.Int32 ? positions.Elements<int>()[(row * depth) + d] : positions.Elements<long>()[(row * depth) + d];
                if ((ulong)value >= (ulong)dimensions[d]) throw new TapestryException("GatherNd", "an index is out of range", $"{value} for dimension {d}, row {row} of the indices {positions.Spec}", $"0 to {dimensions[d] - 1}");
                flat = (flat * dimensions[d]) + value;
            }

            result[row] = flat;
        }
    }
}

/// <summary>Picks and puts by positions that name several dimensions.</summary>
public static class GatherNdEntry
{
    extension(Ops)
    {
        /// <summary>The entries at positions that name several leading dimensions. Source: <c>tf.gather_nd</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each, of at most as many numbers as <paramref name="x"/> has dimensions.</param>
        /// <param name="batchDims">How many leading dimensions <paramref name="x"/> and <paramref name="indices"/> share; positions name the dimensions behind them.</param>
        /// <exception cref="TapestryException">The positions are too long, the shared dimensions differ, or, when it is computed, an index is out of range.</exception>
        public static Tensor GatherNd(Tensor x, Tensor indices, int batchDims = 0)
        {
            if (batchDims < 0 || batchDims > x.Rank || batchDims >= Math.Max(indices.Rank, 1)) throw new TapestryException("GatherNd", "there are not so many dimensions to share", $"{batchDims} for {x.Spec} and {indices.Spec}", $"0 to {Math.Min(x.Rank, indices.Rank - 1)}");
            indices = Positions.Normalize("GatherNd", indices);
            var linear = new RavelPositionsOp(batchDims).Apply(indices, x);
            return new GatherOp(batchDims, batchDims).Apply(new MergeDimensionsOp(batchDims, indices.Shape[^1]).Apply(Promotion.To(x, x.DType)), linear);
        }

        /// <summary>Zeros with the sums of the updates at given positions. Source: <c>tf.scatter_nd</c>, <c>keras.ops.scatter</c>.</summary>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What is put there: the dimensions of the positions, then those of an entry of the result.</param>
        /// <param name="shape">The shape of the result.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor ScatterNd(Tensor indices, Tensor updates, Shape shape) => Ops.TensorScatterNdAdd(Ops.Zeros(shape, updates.DType), indices, updates);

        /// <summary>A tensor with updates added at given positions. Source: <c>tf.tensor_scatter_nd_add</c>.</summary>
        /// <param name="tensor">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What is added there: the dimensions of the positions, then those of an entry of the tensor.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TensorScatterNdAdd(Tensor tensor, Tensor indices, Tensor updates) => Scatter(tensor, indices, updates, ScatterReduction.Add);

        /// <summary>A tensor with the values at given positions replaced; the last of several wins. Source: <c>tf.tensor_scatter_nd_update</c>.</summary>
        /// <param name="tensor">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What stands there afterwards: the dimensions of the positions, then those of an entry of the tensor.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TensorScatterNdUpdate(Tensor tensor, Tensor indices, Tensor updates) => Scatter(tensor, indices, updates, ScatterReduction.Replace);

        /// <summary>A tensor with updates subtracted at given positions. Source: <c>tf.tensor_scatter_nd_sub</c>.</summary>
        /// <param name="tensor">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What is subtracted there: the dimensions of the positions, then those of an entry of the tensor.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TensorScatterNdSub(Tensor tensor, Tensor indices, Tensor updates) => Scatter(tensor, indices, -updates, ScatterReduction.Add);

        /// <summary>A tensor with the smaller of its values and the updates at given positions. Source: <c>tf.tensor_scatter_nd_min</c>.</summary>
        /// <param name="tensor">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What is compared there: the dimensions of the positions, then those of an entry of the tensor.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TensorScatterNdMin(Tensor tensor, Tensor indices, Tensor updates) => Scatter(tensor, indices, updates, ScatterReduction.Minimum);

        /// <summary>A tensor with the larger of its values and the updates at given positions. Source: <c>tf.tensor_scatter_nd_max</c>.</summary>
        /// <param name="tensor">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">What is compared there: the dimensions of the positions, then those of an entry of the tensor.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TensorScatterNdMax(Tensor tensor, Tensor indices, Tensor updates) => Scatter(tensor, indices, updates, ScatterReduction.Maximum);

        /// <summary>A tensor with the values at given positions replaced by, or combined with, updates. Source: <c>keras.ops.scatter_update</c>.</summary>
        /// <param name="inputs">The tensor.</param>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">The dimensions of the positions, then those of an entry of the tensor.</param>
        /// <param name="reduction">How an update meets what is there.</param>
        /// <exception cref="TapestryException">The shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor ScatterUpdate(Tensor inputs, Tensor indices, Tensor updates, ScatterReduction reduction = ScatterReduction.Replace) => Scatter(inputs, indices, updates, reduction);
    }

    static Tensor Scatter(Tensor tensor, Tensor indices, Tensor updates, ScatterReduction reduction)
    {
        (tensor, indices, updates) = (Promotion.To(tensor, tensor.DType), Positions.Normalize("ScatterNd", indices), Promotion.To(updates, tensor.DType));
        var linear = RavelPositionsOp.Instance.Apply(indices, tensor);
        return Ops.ReshapeLike(Scattered(new MergeDimensionsOp(0, indices.Shape[^1]).Apply(tensor), linear, updates, reduction), tensor);
    }

    /// <summary>Updates at positions of the first dimension.</summary>
    internal static Tensor Scattered(Tensor tensor, Tensor positions, Tensor updates, ScatterReduction reduction)
    {
        var op = new ScatterOp(reduction);
        if (tensor.DType != DType.BFloat16 || reduction <= ScatterReduction.Add) return op.Apply(tensor, positions, updates);
        return Ops.Cast(op.Apply(Ops.Cast(tensor, DType.Float32), positions, Ops.Cast(updates, DType.Float32)), DType.BFloat16);
    }
}
