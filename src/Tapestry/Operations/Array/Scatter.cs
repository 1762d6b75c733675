using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>What an update does to the entry at its position.</summary>
public enum ScatterReduction
{
    /// <summary>It takes its place; the last of several wins.</summary>
    Replace,

    /// <summary>It is added.</summary>
    Add,

    /// <summary>It is multiplied with it.</summary>
    Multiply,

    /// <summary>The smaller of both stays.</summary>
    Minimum,

    /// <summary>The larger of both stays.</summary>
    Maximum,
}

/// <summary>The first input with the entries of the third put at, or combined with, the positions of the first dimension that the second names.</summary>
/// <param name="Meeting">How an entry meets what is there.</param>
public sealed record ScatterOp(ScatterReduction Meeting) : Op
{
    bool IsExtremum => Meeting is ScatterReduction.Minimum or ScatterReduction.Maximum;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 1 || Meeting == ScatterReduction.Multiply || IsExtremum;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => IsExtremum;

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (target, positions, updates) = (context.Shape(0), context.Shape(1), context.Shape(2));
        if (!Enum.IsDefined(Meeting)) throw Refuse($"there is no reduction {Meeting}", context, string.Join(", ", Enum.GetNames<ScatterReduction>()));
        if (!Positions.IsIndex(context.DType(1))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        if (!ReferenceEquals(context.DType(0), context.DType(2)) || context.DType(0) == DType.String) throw Refuse("the dtypes do not fit", context, "equal dtypes other than string");
        if (Meeting == ScatterReduction.Add && !DTypes.Numeric.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no sum", context, "numbers");
        if (Meeting > ScatterReduction.Add && (!DTypes.Real.Contains(context.DType(0)) || context.DType(0) == DType.BFloat16)) throw Refuse($"{context.DType(0)} is not reduced", context, "real numbers other than bfloat16", "Convert with Ops.Cast.");
        var expected = new Shape([.. positions.Dimensions, .. target.Dimensions[1..]]);
        if (!expected.IsCompatibleWith(updates)) throw Refuse("the updates have another shape", context, $"updates of shape {expected}");
        context.Return(target, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        switch (Meeting)
        {
            case ScatterReduction.Multiply:
                ProductGradient(context);
                break;
            case ScatterReduction.Minimum or ScatterReduction.Maximum:
                ExtremumGradient(context);
                break;
            default:
                var (upstream, positions) = (context.Upstream(0), context.Input(1));
                if (context.Needs(0)) context.Return(0, Meeting == ScatterReduction.Add ? upstream : Apply(upstream, positions, Ops.ZerosLike(context.Input(2))));
                if (context.Needs(2)) context.Return(2, Taken(upstream, positions));
                break;
        }
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (target, positions, updates, result) = (context.InputTensor(0), context.InputTensor(1), context.InputTensor(2), context.OutputTensor(0));
        if (result.Size > 0 && !target.Bytes.Overlaps(result.Bytes)) target.CopyTo(result);
        Positions.Check(this, positions, result.Shape[0]);
        var extents = GatherOp.Extents(result.Shape, positions.Shape, 0, 0);
        switch (Meeting)
        {
            case ScatterReduction.Replace: Positions.Move(positions, updates.DType, new Kernel(updates, positions, extents, result, false)); break;
            case ScatterReduction.Add: Positions.Compute(positions, updates.DType, new Kernel(updates, positions, extents, result, true)); break;
            default: Positions.Compare(positions, updates.DType, new ReducingKernel(updates, positions, extents, result, Meeting)); break;
        }
    }

    static Tensor Taken(Tensor x, Tensor positions) => new GatherOp(0, 0).Apply(x, positions);

    // For an update its factor is everything else that was multiplied, also where a factor is zero.
    static void ProductGradient(GradientContext context)
    {
        var (x, positions, updates, upstream) = (context.Input(0), context.Input(1), context.Input(2), context.Upstream(0));
        if (context.Needs(0)) context.Return(0, upstream * new ScatterOp(ScatterReduction.Multiply).Apply(Ops.OnesLike(x), positions, updates));
        if (!context.Needs(2)) return;
        var isZero = Ops.Equal(updates, Ops.ZerosLike(updates));
        var zeros = Taken(new ScatterOp(ScatterReduction.Add).Apply(Ops.ZerosLike(x), positions, Ops.Cast(isZero, updates.DType)), positions);
        var factors = Ops.Where(isZero, Ops.OnesLike(updates), updates);
        var others = Taken(new ScatterOp(ScatterReduction.Multiply).Apply(Ops.OnesLike(x), positions, factors), positions) / factors;
        var alone = Ops.Equal(zeros, Ops.Cast(isZero, updates.DType));
        context.Return(2, Taken(upstream * x, positions) * Ops.Where(alone, others, Ops.ZerosLike(others)));
    }

    // All that are as large share the gradient.
    static void ExtremumGradient(GradientContext context)
    {
        var (x, positions, updates, result, upstream) = (context.Input(0), context.Input(1), context.Input(2), context.Output(0), context.Upstream(0));
        var (isKept, isTaken) = (Ops.Cast(Ops.Equal(x, result), x.DType), Ops.Cast(Ops.Equal(updates, Taken(result, positions)), x.DType));
        var share = upstream / new ScatterOp(ScatterReduction.Add).Apply(isKept, positions, isTaken);
        if (context.Needs(0)) context.Return(0, share * isKept);
        if (context.Needs(2)) context.Return(2, Taken(share, positions) * isTaken);
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

    readonly struct ReducingKernel(Tensor updates, Tensor positions, GatherExtents extents, Tensor result, ScatterReduction reduction) : IOrderedPositionBody
    {
        public void Run<T, TIndex>()
            where T : unmanaged, INumber<T>
            where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            var rows = updates.Elements<T>();
            var at = positions.Elements<TIndex>();
            var target = result.Elements<T>();
            switch (reduction)
            {
                case ScatterReduction.Multiply: ScatterLoop.Multiply<T, TIndex>(rows, at, extents, target); break;
                case ScatterReduction.Minimum: ScatterLoop.Minimum<T, TIndex>(rows, at, extents, target); break;
                default: ScatterLoop.Maximum<T, TIndex>(rows, at, extents, target); break;
            }
        }
    }
}
