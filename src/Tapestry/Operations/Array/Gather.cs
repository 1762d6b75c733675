using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The entries of a tensor at given positions of an axis. Source: <c>tf.gather</c>.</summary>
/// <param name="Axis">The axis of the first input, counted from the front.</param>
/// <param name="BatchDimensions">How many leading dimensions both inputs share; every position counts within its own entry of them.</param>
public sealed record GatherOp(int Axis, int BatchDimensions) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 1;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (shape, positions) = (context.Shape(0), context.Shape(1));
        if (!Positions.IsIndex(context.DType(1))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        if (BatchDimensions > Axis || BatchDimensions > positions.Rank) throw Refuse($"there are no {BatchDimensions} common dimensions in front of axis {Axis}", context, "at most as many as the indices have, and as there are before the axis");
        for (var i = 0; i < BatchDimensions; i++)
        {
            if (shape[i] != positions[i] && shape[i] >= 0 && positions[i] >= 0) throw Refuse($"the common dimension {i} differs", context, "equal leading dimensions");
        }

        context.Return(new Shape([.. shape.Dimensions[..Axis], .. positions.Dimensions[BatchDimensions..], .. shape.Dimensions[(Axis + 1)..]]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (upstream, positions, x) = (context.Upstream(0), context.Input(1), context.Input(0));
        // Rows of a table stay rows, so that nothing of its size is made.
        context.Return(0, Axis == 0 && x.Shape.IsFullyKnown ? new ScatterRowsOp(x.Shape).Apply(upstream, positions) : new GatherGradientOp(Axis, BatchDimensions).Apply(upstream, positions, x));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (x, positions, result) = (context.InputTensor(0), context.InputTensor(1), context.OutputTensor(0));
        if (result.Size == 0 && positions.Size == 0) return;
        Positions.Check(this, positions, x.Shape[Axis]);
        var extents = Extents(x.Shape, positions.Shape, Axis, BatchDimensions);
        if (x.DType != DType.String)
        {
            Positions.Move(positions, x.DType, new Kernel(x, positions, extents, result));
            return;
        }

        for (var i = 0; i < result.Size; i++)
        {
            var (row, inner) = ((int)(i / extents.Inner), (int)(i % extents.Inner));
            var (outer, index) = (row / (int)extents.Count, row % (int)extents.Count);
            var at = (outer / (int)extents.Outer * (int)extents.Count) + index;
            var position = positions.DType == DType.Int32 ? positions.Elements<int>()[at] : (int)positions.Elements<long>()[at];
            result.Texts[i] = x.Texts[(((outer * (int)extents.Axis) + position) * (int)extents.Inner) + inner];
        }
    }

    /// <summary>The extents of picking from a tensor.</summary>
    internal static GatherExtents Extents(Shape shape, Shape positions, int axis, int batchDimensions)
    {
        var (batch, outer, inner, count) = (1, 1, 1, 1);
        for (var i = 0; i < batchDimensions; i++) batch *= shape[i];
        for (var i = batchDimensions; i < axis; i++) outer *= shape[i];
        for (var i = axis + 1; i < shape.Rank; i++) inner *= shape[i];
        for (var i = batchDimensions; i < positions.Rank; i++) count *= positions[i];
        return new GatherExtents(batch, outer, shape[axis], inner, count);
    }

    readonly struct Kernel(Tensor x, Tensor positions, GatherExtents extents, Tensor result) : IPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged
            where TIndex : unmanaged, IBinaryInteger<TIndex> => GatherLoop.Run<T, TIndex>(x.Elements<T>(), positions.Elements<TIndex>(), extents, result.Elements<T>());
    }
}

/// <summary>Sums of the first input's entries at the positions of the second, in the shape of the third; zero where nothing falls.</summary>
/// <param name="Axis">The axis of the third input.</param>
/// <param name="BatchDimensions">How many leading dimensions all share.</param>
public sealed record GatherGradientOp(int Axis, int BatchDimensions) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input < 2;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 1;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(2), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new GatherOp(Axis, BatchDimensions).Apply(context.Upstream(0), context.Input(1)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (updates, positions, result) = (context.InputTensor(0), context.InputTensor(1), context.OutputTensor(0));
        result.Bytes.Clear();
        Positions.Check(this, positions, result.Shape[Axis]);
        Positions.Compute(positions, updates.DType, new Kernel(updates, positions, GatherOp.Extents(result.Shape, positions.Shape, Axis, BatchDimensions), result));
    }

    readonly struct Kernel(Tensor updates, Tensor positions, GatherExtents extents, Tensor result) : IPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged
            where TIndex : unmanaged, IBinaryInteger<TIndex> => ScatterLoop.Add<T, TIndex>(updates.Elements<T>(), positions.Elements<TIndex>(), extents, result.Elements<T>());
    }
}

/// <summary>Offers <see cref="GatherOp"/> to users.</summary>
public static class GatherEntry
{
    extension(Ops)
    {
        /// <summary>The entries at given positions of an axis: in place of the axis come the dimensions of the indices. Source: <c>tf.gather</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="indices">Integers from 0 on.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="batchDims">How many leading dimensions <paramref name="x"/> and <paramref name="indices"/> share.</param>
        /// <exception cref="TapestryException">There is no such axis, or, when it is computed, an index is out of range.</exception>
        public static Tensor Gather(Tensor x, Tensor indices, int axis = 0, int batchDims = 0)
        {
            var along = Axes.Ordered("Gather", [axis], x.Rank, x)[0];
            return new GatherOp(along, batchDims).Apply(Promotion.To(x, x.DType), Positions.Normalize("Gather", indices));
        }

        /// <summary>The entries at given positions of an axis, of which negative ones count from its end. Source: <c>keras.ops.take</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="indices">Integers.</param>
        /// <param name="axis">The axis; null takes from the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such axis, or, when it is computed, an index is out of range.</exception>
        public static Tensor Take(Tensor x, Tensor indices, int? axis = null)
        {
            if (axis is not { } given) return Ops.Take(Ops.Reshape(x, [null]), indices, 0);
            var along = Axes.Ordered("Take", [given], x.Rank, x)[0];
            return Ops.Gather(x, Positions.Wrap(indices, x, along), along);
        }
    }
}
