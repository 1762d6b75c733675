using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>The first input with the entries of the third put at, or added to, the positions of the first dimension that the second names.</summary>
/// <param name="Adds">Whether the entries are added to what is there.</param>
public sealed record ScatterOp(bool Adds) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 1;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (target, positions, updates) = (context.Shape(0), context.Shape(1), context.Shape(2));
        if (!Positions.IsIndex(context.DType(1))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        if (!ReferenceEquals(context.DType(0), context.DType(2)) || context.DType(0) == DType.String) throw Refuse("the dtypes do not fit", context, "equal dtypes other than string");
        if (Adds && !DTypes.Numeric.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no sum", context, "numbers");
        var expected = new Shape([.. positions.Dimensions, .. target.Dimensions[1..]]);
        if (!expected.IsCompatibleWith(updates)) throw Refuse("the updates have another shape", context, $"updates of shape {expected}");
        context.Return(target, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (upstream, positions) = (context.Upstream(0), context.Input(1));
        if (context.Needs(0)) context.Return(0, Adds ? upstream : Apply(upstream, positions, Ops.ZerosLike(context.Input(2))));
        if (context.Needs(2)) context.Return(2, new GatherOp(0, 0).Apply(upstream, positions));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (target, positions, updates, result) = (context.InputTensor(0), context.InputTensor(1), context.InputTensor(2), context.OutputTensor(0));
        if (result.Size > 0 && !target.Bytes.Overlaps(result.Bytes)) target.CopyTo(result);
        Positions.Check(this, positions, result.Shape[0]);
        var kernel = new Kernel(updates, positions, GatherOp.Extents(result.Shape, positions.Shape, 0, 0), result, Adds);
        if (Adds) Positions.Compute(positions, updates.DType, kernel);
        else Positions.Move(positions, updates.DType, kernel);
    }

    internal readonly struct Kernel(Tensor updates, Tensor positions, GatherExtents extents, Tensor result, bool adds) : IPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged
            where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            if (adds) ScatterLoop.Add<T, TIndex>(updates.Elements<T>(), positions.Elements<TIndex>(), extents, result.Elements<T>());
            else ScatterLoop.Set<T, TIndex>(updates.Elements<T>(), positions.Elements<TIndex>(), extents, result.Elements<T>());
        }
    }
}
