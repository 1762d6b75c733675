using System.Numerics;
using Tapestry.Kernels.Recurrent;

namespace Tapestry;

/// <summary>
/// A gated recurrent unit over all steps of sequences laid out [step, batch, …]. Inputs: what comes from the input at each step [step, batch, 3 units], the first
/// output [batch, units], the recurrent kernel [units, 3 units] and, where the reset gate stands behind the product, what is added to the product [3 units]. Outputs: all outputs,
/// and what the gradient needs. Source: <c>keras.layers.GRU</c> with its default functions, https://arxiv.org/abs/1406.1078.
/// </summary>
/// <param name="ResetAfter">Whether the reset gate multiplies the product with the recurrent kernel; else the output that goes into it.</param>
public sealed record GruOp(bool ResetAfter) : Op
{
    /// <inheritdoc/>
    public override int OutputCount => 2;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (entry, h, kernel) = (context.Shape(0), context.Shape(1), context.Shape(2));
        var dtype = context.DType(0);
        if (dtype != DType.Float32 && dtype != DType.Float64) throw Refuse($"{dtype} has no kernel of its own", context, "float32 or float64", "Convert with Ops.Cast.");
        for (var i = 1; i < (ResetAfter ? 4 : 3); i++)
        {
            if (context.DType(i) != dtype) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        }

        const string Expected = "[steps, batch, 3 units], [batch, units], [units, 3 units]";
        if (entry.Rank != 3 || h.Rank != 2 || kernel.Rank != 2) throw Refuse("wrong ranks", context, Expected);
        var units = h[1];
        var wide = units < 0 ? Shape.Unknown : 3 * units;
        if (!kernel.IsCompatibleWith(new Shape(units, wide)) || !entry.IsCompatibleWith(new Shape(entry[0], h[0], wide))) throw Refuse("the shapes do not fit", context, Expected);
        if (ResetAfter && !context.Shape(3).IsCompatibleWith(new Shape(wide))) throw Refuse("the bias does not fit", context, "[3 units]");
        context.Return(0, new Shape(entry[0], entry[1], units), dtype);
        context.Return(1, new Shape(entry[0], entry[1], units < 0 ? Shape.Unknown : 4 * units), dtype);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (entry, h, kernel, outputs) = (context.Input(0), context.Input(1), context.Input(2), context.Output(0));
        Tensor[] inputs = ResetAfter ? [entry, h, kernel, context.Input(3)] : [entry, h, kernel];
        var gradients = new GruGradientOp(ResetAfter).ApplyAll([.. inputs, outputs, context.Output(1), context.Upstream(0)]);
        context.Return(0, gradients[0]);
        context.Return(1, gradients[1]);
        var units = kernel.Shape[0];
        if (context.Needs(2))
        {
            var before = Ops.Reshape(Ops.Concat([Ops.ExpandDims(h, 0), outputs[..^1]], 0), [-1, units]);
            if (ResetAfter)
            {
                context.Return(2, Ops.MatMul(before, Ops.Reshape(gradients[2], [-1, kernel.Shape[1]]), transposeA: true));
            }
            else
            {
                var ofEntry = Ops.Reshape(gradients[0], [-1, kernel.Shape[1]]);
                var reset = Ops.Reshape(gradients[2], [-1, units]);
                context.Return(2, Ops.Concat([Ops.MatMul(before, ofEntry[.., ..(2 * units)], transposeA: true), Ops.MatMul(reset, ofEntry[.., (2 * units)..], transposeA: true)], 1));
            }
        }

        if (ResetAfter && context.Needs(3)) context.Return(3, Ops.Sum(gradients[2], [0, 1]));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var outputs = context.OutputTensor(0).Shape;
        var shape = new RecurrentShape(outputs[0], outputs[1], outputs[2]);
        if (ResetAfter) GruKernel.Forward(shape, context.Input<T>(0), context.Input<T>(1), context.Input<T>(2), context.Input<T>(3), context.Output<T>(0), context.Output<T>(1));
        else GruResetFirstKernel.Forward(shape, context.Input<T>(0), context.Input<T>(1), context.Input<T>(2), context.Output<T>(0), context.Output<T>(1));
    }
}

/// <summary>
/// The gradients of <see cref="GruOp"/>. Inputs: its inputs, its outputs, the gradient of its first output. Outputs: the gradients of its first two inputs and, with the
/// reset gate behind the product, those of the products [step, batch, 3 units]; else the outputs times the reset gates [step, batch, units].
/// </summary>
/// <param name="ResetAfter">That of the recurrence.</param>
public sealed record GruGradientOp(bool ResetAfter) : Op
{
    int Kept => ResetAfter ? 4 : 3;

    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input is not 0 && (input != 3 || !ResetAfter);

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input < Kept || input > Kept + 1;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dtype = context.DType(0);
        for (var i = 1; i < Kept + 3; i++)
        {
            if (context.DType(i) != dtype) throw Refuse("the dtypes differ", context, "equal dtypes");
        }

        var outputs = context.Shape(Kept);
        if (!context.Shape(Kept + 2).IsCompatibleWith(outputs)) throw Refuse("the gradient does not fit the outputs", context, $"a gradient of shape {outputs}");
        context.Return(0, context.Shape(0), dtype);
        context.Return(1, context.Shape(1), dtype);
        context.Return(2, ResetAfter ? context.Shape(0) : outputs, dtype);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (ResetAfter) RecurrentDerivatives.Return(context, [0, 1, 2, 3, 6], x => RecurrentDerivatives.Gru(x[0], x[1], x[2], x[3], x[4]));
        else RecurrentDerivatives.Return(context, [0, 1, 2, 5], x => RecurrentDerivatives.GruResetFirst(x[0], x[1], x[2], x[3]));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(1).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var outputs = context.InputTensor(Kept).Shape;
        var shape = new RecurrentShape(outputs[0], outputs[1], outputs[2]);
        if (ResetAfter) GruKernel.Backward(shape, context.Input<T>(1), context.Input<T>(2), context.Input<T>(4), context.Input<T>(5), context.Input<T>(6), context.Output<T>(0), context.Output<T>(1), context.Output<T>(2));
        else GruResetFirstKernel.Backward(shape, context.Input<T>(1), context.Input<T>(2), context.Input<T>(3), context.Input<T>(4), context.Input<T>(5), context.Output<T>(0), context.Output<T>(1), context.Output<T>(2));
    }
}

/// <summary>Offers <see cref="GruOp"/> to layers.</summary>
public static class GruEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A gated recurrent unit over all steps, with derivatives of any order. With p = h·kernel + bias, and entry and p parted into z, r, n:
        /// h′ = σ(entry_z + p_z)·h + (1 − σ(entry_z + p_z))·tanh(entry_n + σ(entry_r + p_r)·p_n). With <paramref name="resetAfter"/> false the last product is
        /// (σ(entry_r + p_r)·h)·kernel_n instead, and there is no bias.
        /// </summary>
        /// <param name="entry">What comes from the input at each step, its bias included: [steps, batch, 3 units], float32 or float64.</param>
        /// <param name="h">The first output, [batch, units].</param>
        /// <param name="kernel">The recurrent kernel, [units, 3 units].</param>
        /// <param name="bias">What is added to the product, [3 units]; nothing by default.</param>
        /// <param name="resetAfter">Whether the reset gate stands behind the product.</param>
        /// <returns>All outputs and all states, [steps, batch, units] each, as of <c>Lstm</c>; the state of such a unit is its output, so both are one tensor.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or there is a bias without <paramref name="resetAfter"/>.</exception>
        public static (Tensor Outputs, Tensor States) Gru(Tensor entry, Tensor h, Tensor kernel, Tensor? bias = null, bool resetAfter = true)
        {
            if (!resetAfter && bias is not null) throw new TapestryException("Gru", "a reset gate before the product leaves no place for a bias of the product", bias.Spec.ToString(), "no bias", "Add the bias to the entry.");
            var outputs = resetAfter ? new GruOp(ResetAfter: true).ApplyAll(entry, h, kernel, bias ?? Ops.ZerosLike(kernel[0]))[0] : new GruOp(ResetAfter: false).ApplyAll(entry, h, kernel)[0];
            return (outputs, outputs);
        }
    }
}
