using System.Numerics;
using Tapestry.Kernels.Attention;

namespace Tapestry;

/// <summary>
/// The gradients of query, key and value of <see cref="DotProductAttentionOp"/>. Inputs: those of the attention, its second output, of each query Σ result · its gradient less
/// the gradient of the second output, and the gradient of the result.
/// </summary>
/// <param name="Form">That of the attention.</param>
public sealed record DotProductAttentionGradientOp(AttentionForm Form) : Op
{
    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        RefuseGradients(this, Form, context);
        for (var i = 0; i < 3; i++) context.Return(i, context.Shape(i), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => AttentionDerivatives.Return(context, Form, context.HasUpstream(0) ? context.Upstream(0) : null, context.HasUpstream(1) ? context.Upstream(1) : null, context.HasUpstream(2) ? context.Upstream(2) : null, null);

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    /// <summary>Prints the form.</summary>
    protected override bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Form);
        return true;
    }

    /// <summary>Refuses what does not belong to one attention.</summary>
    internal static void RefuseGradients(Op op, AttentionForm form, in InferContext context)
    {
        form.Refuse(op, context);
        var (query, count) = (context.Shape(0), form.InputCount);
        Shape[] expected = [query[..^1], query[..^1], new(query[0], query[1], query[2], context.Shape(2)[3])];
        for (var i = 0; i < 3; i++)
        {
            if (context.DType(count + i) != context.DType(0) || !context.Shape(count + i).IsCompatibleWith(expected[i])) throw new TapestryException(op.Name, $"input {count + i} does not fit", context.Describe(), $"{context.DType(0)}{expected[i]}");
        }
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var first = Form.InputCount;
        AttentionKernel.Backward(Form.Inputs<T>(context), context.Input<T>(first), context.Input<T>(first + 1), context.Input<T>(first + 2), context.Output<T>(0), context.Output<T>(1), context.Output<T>(2));
    }
}

/// <summary>The gradient of the bias of <see cref="DotProductAttentionOp"/>, from the inputs of <see cref="DotProductAttentionGradientOp"/>.</summary>
/// <param name="Form">That of the attention.</param>
public sealed record DotProductAttentionBiasGradientOp(AttentionForm Form) : Op
{
    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        DotProductAttentionGradientOp.RefuseGradients(this, Form, context);
        context.Return(context.Shape(Form.Bias), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => AttentionDerivatives.Return(context, Form, null, null, null, context.Upstream(0));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    /// <summary>Prints the form.</summary>
    protected override bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Form);
        return true;
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var first = Form.InputCount;
        AttentionKernel.BiasGradient(Form.Inputs<T>(context), context.Input<T>(first), context.Input<T>(first + 1), context.Input<T>(first + 2), context.Output<T>(0));
    }
}
