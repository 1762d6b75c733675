using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Single elements by their positions along an axis. Source: <c>keras.ops.take_along_axis</c>.</summary>
/// <param name="Axis">The axis, counted from the front. All other dimensions of both inputs are equal.</param>
public sealed record TakeAlongAxisOp(int Axis) : Op
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
        var expected = shape.ToArray();
        if (positions.Rank == shape.Rank) expected[Axis] = positions[Axis];
        if (!new Shape(expected).IsCompatibleWith(positions)) throw Refuse("the shapes do not fit", context, $"equal dimensions but along axis {Axis}");
        context.Return(positions, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new AddAlongAxisOp(Axis).Apply(context.Upstream(0), context.Input(1), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (x, positions) = (context.InputTensor(0), context.InputTensor(1));
        Positions.Check(this, positions, x.Shape[Axis]);
        Positions.Move(positions, x.DType, new Kernel(x, positions, Axis, context.OutputTensor(0)));
    }

    readonly struct Kernel(Tensor x, Tensor positions, int axis, Tensor result) : IPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged
            where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            var extents = GatherOp.Extents(x.Shape, Shape.Scalar, axis, 0);
            AlongAxisLoop.Take<T, TIndex>(x.Elements<T>(), positions.Elements<TIndex>(), extents.Outer, extents.Axis, extents.Inner, positions.Shape[axis], result.Elements<T>());
        }
    }
}

/// <summary>Zeros in the shape of the third input, with the elements of the first added at the positions of the second along an axis.</summary>
/// <param name="Axis">The axis.</param>
public sealed record AddAlongAxisOp(int Axis) : Op
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
    public override void Gradient(GradientContext context) => context.Return(0, new TakeAlongAxisOp(Axis).Apply(context.Upstream(0), context.Input(1)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (updates, positions, result) = (context.InputTensor(0), context.InputTensor(1), context.OutputTensor(0));
        result.Bytes.Clear();
        Positions.Check(this, positions, result.Shape[Axis]);
        Positions.Compute(positions, updates.DType, new Kernel(updates, positions, Axis, result));
    }

    readonly struct Kernel(Tensor updates, Tensor positions, int axis, Tensor result) : IPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged
            where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            var extents = GatherOp.Extents(result.Shape, Shape.Scalar, axis, 0);
            AlongAxisLoop.Add<T, TIndex>(updates.Elements<T>(), positions.Elements<TIndex>(), extents.Outer, extents.Axis, extents.Inner, positions.Shape[axis], result.Elements<T>());
        }
    }
}

/// <summary>Offers <see cref="TakeAlongAxisOp"/> to users.</summary>
public static class TakeAlongAxisEntry
{
    extension(Ops)
    {
        /// <summary>Single elements by their positions along an axis, as <c>ArgSort</c> and <c>ArgMax</c> give them.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="indices">Integers of the same rank; other dimensions broadcast; negative ones count from the end of the axis.</param>
        /// <param name="axis">The axis; null takes from the flattened tensor.</param>
        /// <exception cref="TapestryException">There is no such axis, the shapes do not fit, or, when it is computed, an index is out of range.</exception>
        public static Tensor TakeAlongAxis(Tensor x, Tensor indices, int? axis = null)
        {
            if (axis is not { } given) return Ops.TakeAlongAxis(Ops.Reshape(x, [null]), Ops.Reshape(indices, [null]), 0);
            var along = Axes.Ordered("TakeAlongAxis", [given], x.Rank, x)[0];
            if (indices.Rank != x.Rank) throw new TapestryException("TakeAlongAxis", "the ranks differ", $"{x.Spec}, {indices.Spec}", $"indices of {x.Rank} dimensions");
            var positions = Positions.Wrap(indices, x, along);
            var (ofX, ofPositions) = (x.Shape.ToArray(), indices.Shape.ToArray());
            for (var i = 0; i < x.Rank; i++)
            {
                if (i == along) continue;
                var common = Math.Max(ofX[i], ofPositions[i]);
                (ofX[i], ofPositions[i]) = (common, common);
            }

            // Unknown dimensions are taken as they come.
            if (new Shape(ofX).IsFullyKnown && new Shape(ofPositions).IsFullyKnown) (x, positions) = (Ops.BroadcastTo(x, ofX), Ops.BroadcastTo(positions, ofPositions));
            return new TakeAlongAxisOp(along).Apply(Promotion.To(x, x.DType), positions);
        }
    }
}
