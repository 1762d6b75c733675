using Tapestry.Kernels.Loops;

namespace Tapestry.Keras.Optimizers.Updates;

/// <summary>One step of an optimizer for one variable as a single operation.</summary>
abstract record UpdateOp : Op
{
    /// <summary>The same step for a gradient that consists of rows.</summary>
    internal abstract Op ForRows { get; }
}

/// <summary>
/// One step of an optimizer for one variable as a single operation. Inputs: the variable, its gradient, what is remembered with the variable, then
/// scalars such as the learning rate. Outputs: the new value of the variable and of what is remembered.
/// </summary>
/// <typeparam name="TRule">The step, element by element.</typeparam>
abstract record UpdateOp<TRule> : UpdateOp
    where TRule : struct, IUpdateRule
{
    public override int OutputCount => 1 + TRule.StateCount;

    static int FirstScalar => 2 + TRule.StateCount;

    // Each element is read before its successor is written, and scalars are read before everything.
    public override bool CanOverwrite(int input) => input < FirstScalar;

    public override void Infer(ref InferContext context)
    {
        var (shape, dtype) = (context.Shape(0), context.DType(0));
        if (!dtype.IsFloating) throw Refuse("only floating-point variables can be trained", context, "float16, bfloat16, float32 or float64");
        for (var i = 1; i < FirstScalar; i++)
        {
            if (!context.Shape(i).IsCompatibleWith(shape) || context.DType(i) != dtype) throw Refuse(i == 1 ? "the gradient does not fit the variable" : "the state does not fit the variable", context, $"{new TensorSpec(shape, dtype)}");
        }

        for (var i = FirstScalar; i < context.InputCount; i++)
        {
            if (context.Shape(i).Rank != 0) throw Refuse("a factor of the step is no scalar", context, "scalars behind the state");
        }

        for (var i = 0; i < OutputCount; i++) context.Return(i, shape, dtype);
    }

    internal override TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs)
    {
        var specs = new TensorSpec[inputs.Length];
        for (var i = 0; i < specs.Length; i++) specs[i] = new TensorSpec(i < FirstScalar ? new Shape(64) : inputs[i].Shape, inputs[i].DType);
        return specs;
    }

    /// <summary>The rule with the factors of this step.</summary>
    /// <param name="scalars">The scalar inputs in order.</param>
    protected abstract TRule Rule(ReadOnlySpan<double> scalars);

    internal override Op ForRows => new RowUpdateOp<TRule>(this);

    /// <summary>The rule of a step whose factors begin at an input.</summary>
    internal TRule RuleOf(in KernelContext context, int firstScalar)
    {
        Span<double> scalars = stackalloc double[context.InputCount - firstScalar];
        for (var i = 0; i < scalars.Length; i++) scalars[i] = ScalarReader.Number(context.InputTensor(firstScalar + i));
        return Rule(scalars);
    }

    public override void Run(in KernelContext context)
    {
        var rule = RuleOf(context, FirstScalar);
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Run<float>(context, rule); break;
            case DTypeCode.Float64: Run<double>(context, rule); break;
            case DTypeCode.Float16: Run<Half>(context, rule); break;
            case DTypeCode.BFloat16: Run<BFloat16>(context, rule); break;
        }
    }

    static unsafe void Run<T>(in KernelContext context, TRule rule)
        where T : unmanaged
    {
        ReadOnlySpan<T> variable = context.Input<T>(0), gradient = context.Input<T>(1);
        var first = TRule.StateCount > 0 ? context.Input<T>(2) : default;
        var second = TRule.StateCount > 1 ? context.Input<T>(3) : default;
        var third = TRule.StateCount > 2 ? context.Input<T>(4) : default;
        var newVariable = context.Output<T>(0);
        var newFirst = TRule.StateCount > 0 ? context.Output<T>(1) : default;
        var newSecond = TRule.StateCount > 1 ? context.Output<T>(2) : default;
        var newThird = TRule.StateCount > 2 ? context.Output<T>(3) : default;
        fixed (T* v = variable, g = gradient, a = first, b = second, c = third, w = newVariable, x = newFirst, y = newSecond, z = newThird)
            UpdateLoop.Run(rule, variable.Length, g, new UpdateSlot<T>(v, w), new UpdateSlot<T>(a, x), new UpdateSlot<T>(b, y), new UpdateSlot<T>(c, z));
    }
}
