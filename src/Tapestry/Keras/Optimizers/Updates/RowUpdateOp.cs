using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry.Keras.Optimizers.Updates;

/// <summary>
/// One step of an optimizer with a gradient that consists of rows. Inputs: the variable, the rows, their places, what is remembered with the variable, then scalars. Where a row without
/// a gradient stays as it is, nothing else of the variable is read or written; otherwise the step is that of the whole gradient, which is never made.
/// </summary>
/// <remarks>Rows of one place add up; so do their squares, each row's by itself, as in Keras, where the square of a list of rows is the list of their squares.</remarks>
/// <typeparam name="TRule">The step, element by element.</typeparam>
/// <param name="Whole">The step for a whole gradient.</param>
sealed record RowUpdateOp<TRule>(UpdateOp<TRule> Whole) : Op
    where TRule : struct, IUpdateRule
{
    const int FirstState = 3;

    public override string Name => $"{Whole.Name}OfRows";

    public override int OutputCount => 1 + TRule.StateCount;

    static int FirstScalar => FirstState + TRule.StateCount;

    public override bool CanOverwrite(int input) => input == 0 || (input >= FirstState && input < FirstScalar);

    public override void Infer(ref InferContext context)
    {
        var (shape, dtype) = (context.Shape(0), context.DType(0));
        if (!dtype.IsFloating) throw Refuse("only floating-point variables can be trained", context, "float16, bfloat16, float32 or float64");
        if (shape.Rank == 0) throw Refuse("a scalar has no rows", context, "a variable of at least one dimension");
        if (context.DType(2) != DType.Int32 && context.DType(2) != DType.Int64) throw Refuse("the indices have another dtype", context, "int32 or int64");
        var expected = new Shape([.. context.Shape(2).Dimensions, .. shape.Dimensions[1..]]);
        if (!context.Shape(1).IsCompatibleWith(expected) || context.DType(1) != dtype) throw Refuse("the gradient does not fit the variable", context, $"rows {new TensorSpec(expected, dtype)}");
        for (var i = FirstState; i < FirstScalar; i++)
        {
            if (!context.Shape(i).IsCompatibleWith(shape) || context.DType(i) != dtype) throw Refuse("the state does not fit the variable", context, $"{new TensorSpec(shape, dtype)}");
        }

        for (var i = FirstScalar; i < context.InputCount; i++)
        {
            if (context.Shape(i).Rank != 0) throw Refuse("a factor of the step is no scalar", context, "scalars behind the state");
        }

        for (var i = 0; i < OutputCount; i++) context.Return(i, shape, dtype);
    }

    public override void Run(in KernelContext context)
    {
        var rule = Whole.RuleOf(context, FirstScalar);
        if (TRule.LeavesOtherRows)
        {
            // What is remembered first: the variable may be written over it.
            for (var i = TRule.StateCount; i >= 0; i--) Keep(context.InputTensor(i == 0 ? 0 : FirstState + i - 1), context.OutputTensor(i));
        }

        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Run<float>(context, rule); break;
            case DTypeCode.Float64: Run<double>(context, rule); break;
            case DTypeCode.Float16: Run<Half>(context, rule); break;
            case DTypeCode.BFloat16: Run<BFloat16>(context, rule); break;
        }
    }

    static void Keep(Tensor before, Tensor after)
    {
        if (!before.Bytes.Overlaps(after.Bytes)) before.CopyTo(after);
    }

    void Run<T>(in KernelContext context, TRule rule)
        where T : unmanaged
    {
        if (context.InputTensor(2).DType == DType.Int32) Run<T, int>(context, rule);
        else Run<T, long>(context, rule);
    }

    unsafe void Run<T, TIndex>(in KernelContext context, TRule rule)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var shape = context.InputSpec(0).Shape;
        var indices = context.Input<TIndex>(2);
        var outside = GatherLoop.FirstOutside(indices, shape[0]);
        if (outside >= 0) throw new TapestryException(Name, "an index is out of range", $"{indices[outside]}, element {outside} of the indices", $"0 to {shape[0] - 1}");
        fixed (T* gradient = context.Input<T>(1))
        fixed (T* v = Source<T>(context, 0), a = Source<T>(context, 1), b = Source<T>(context, 2), c = Source<T>(context, 3))
        fixed (T* w = Output<T>(context, 0), x = Output<T>(context, 1), y = Output<T>(context, 2), z = Output<T>(context, 3))
        {
            var slots = new UpdateSlots<T>(new(v, w), new(a, x), new(b, y), new(c, z));
            RowUpdateLoop.Run(rule, indices, gradient, shape[0], shape[0] == 0 ? 0 : shape.Size / shape[0], slots);
        }
    }

    static ReadOnlySpan<T> Source<T>(in KernelContext context, int slot)
        where T : unmanaged =>
        slot > TRule.StateCount ? default : TRule.LeavesOtherRows ? context.Output<T>(slot) : context.Input<T>(slot == 0 ? 0 : FirstState + slot - 1);

    static Span<T> Output<T>(in KernelContext context, int slot)
        where T : unmanaged => slot > TRule.StateCount ? default : context.Output<T>(slot);
}
