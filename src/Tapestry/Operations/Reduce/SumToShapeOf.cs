using System.Numerics;

namespace Tapestry;

/// <summary>
/// The sum over the dimensions that broadcasting stretched: the reverse of stretching a tensor to the shape of another. It exists as an
/// operation of its own because, while tracing, unknown dimensions hide whether anything was stretched.
/// </summary>
public sealed record SumToShapeOfOp : Op
{
    internal static readonly SumToShapeOfOp Instance = new();

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(1), context.DType(0));

    /// <inheritdoc/>
    public override Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => inputs[0].Shape == inputs[1].Shape && inputs[0].Shape.IsFullyKnown ? inputs[0] : null;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.BroadcastLike(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Sum<float>(context); break;
            case DTypeCode.Float64: Sum<double>(context); break;
            case DTypeCode.Complex128: Sum<Complex>(context); break;
            case DTypeCode.Float16: Sum<Half>(context); break;
            default: throw new TapestryException(Name, "no sum for this dtype", context.InputSpec(0).ToString(), "a floating-point dtype");
        }
    }

    static void Sum<T>(in KernelContext context)
        where T : unmanaged, INumberBase<T>
    {
        var source = context.Input<T>(0);
        var destination = context.Output<T>(0);
        var (from, to) = (context.InputSpec(0).Shape, context.OutputSpec(0).Shape);
        destination.Clear();
        Span<int> index = stackalloc int[from.Rank];
        index.Clear();
        for (var i = 0; i < source.Length; i++)
        {
            var target = 0;
            for (var axis = 0; axis < to.Rank; axis++) target = target * to[axis] + (to[axis] == 1 ? 0 : index[axis + from.Rank - to.Rank]);
            destination[target] += source[i];
            for (var axis = from.Rank - 1; axis >= 0 && ++index[axis] == from[axis]; axis--) index[axis] = 0;
        }
    }
}

/// <summary>Offers <see cref="SumToShapeOfOp"/> to the gradients of operations.</summary>
public static class SumToShapeOfEntry
{
    extension(Ops)
    {
        /// <summary>The sum over the dimensions that broadcasting stretched, in the shape of another tensor.</summary>
        /// <param name="x">A tensor whose shape is what <paramref name="like"/> stretches to.</param>
        /// <param name="like">The tensor whose shape is taken; its values do not matter.</param>
        public static Tensor SumToShapeOf(Tensor x, Tensor like) => SumToShapeOfOp.Instance.Apply(x, like);
    }
}
