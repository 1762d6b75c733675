using System.Numerics;
using Tapestry.Kernels.Recurrent;

namespace Tapestry;

/// <summary>
/// A long short-term memory over all steps of sequences laid out [step, batch, …]. Inputs: what comes from the input at each step [step, batch, 4 units], the
/// first output and state [batch, units], the recurrent kernel [units, 4 units]. Outputs: all outputs, all states, all gates. Source: <c>keras.layers.LSTM</c>
/// with its default functions, https://www.bioinf.jku.at/publications/older/2604.pdf.
/// </summary>
public sealed record LstmOp : Op
{
    internal static readonly LstmOp Instance = new();

    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var (entry, h, c, kernel) = (context.Shape(0), context.Shape(1), context.Shape(2), context.Shape(3));
        var dtype = context.DType(0);
        if (dtype != DType.Float32 && dtype != DType.Float64) throw Refuse($"{dtype} has no kernel of its own", context, "float32 or float64", "Convert with Ops.Cast.");
        for (var i = 1; i < 4; i++)
        {
            if (context.DType(i) != dtype) throw Refuse("the dtypes differ", context, "equal dtypes", "Convert with Ops.Cast.");
        }

        if (entry.Rank != 3 || h.Rank != 2 || c.Rank != 2 || kernel.Rank != 2) throw Refuse("wrong ranks", context, "[steps, batch, 4 units], [batch, units], [batch, units], [units, 4 units]");
        var units = h[1];
        var wide = units < 0 ? Shape.Unknown : 4 * units;
        if (!kernel.IsCompatibleWith(new Shape(units, wide)) || !entry.IsCompatibleWith(new Shape(entry[0], h[0], wide)) || !h.IsCompatibleWith(c)) throw Refuse("the shapes do not fit", context, "[steps, batch, 4 units], [batch, units], [batch, units], [units, 4 units]");
        var states = new Shape(entry[0], entry[1], units);
        context.Return(0, states, dtype);
        context.Return(1, states, dtype);
        context.Return(2, entry, dtype);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (entry, h, c, kernel, outputs, states, gates) = (context.Input(0), context.Input(1), context.Input(2), context.Input(3), context.Output(0), context.Output(1), context.Output(2));
        var gradients = LstmGradientOp.Instance.ApplyAll(entry, h, c, kernel, states, gates, context.Upstream(0), context.Upstream(1));
        context.Return(0, gradients[0]);
        context.Return(1, gradients[1]);
        context.Return(2, gradients[2]);
        if (!context.Needs(3)) return;
        var before = Ops.Concat([Ops.ExpandDims(h, 0), outputs[..^1]], 0);
        context.Return(3, Ops.MatMul(Ops.Reshape(before, [-1, kernel.Shape[0]]), Ops.Reshape(gradients[0], [-1, kernel.Shape[1]]), transposeA: true));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = context.OutputTensor(0).Shape;
        LstmKernel.Forward(new RecurrentShape(shape[0], shape[1], shape[2]), context.Input<T>(0), context.Input<T>(1), context.Input<T>(2), context.Input<T>(3), context.Output<T>(0), context.Output<T>(1), context.Output<T>(2));
    }
}

/// <summary>
/// The gradients of the first three inputs of <see cref="LstmOp"/>. Inputs: its inputs, its second and third output, the gradients of its first and second
/// output.
/// </summary>
public sealed record LstmGradientOp : Op
{
    internal static readonly LstmGradientOp Instance = new();

    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input > 1;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input is < 4 or > 5;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dtype = context.DType(0);
        for (var i = 1; i < 8; i++)
        {
            if (context.DType(i) != dtype) throw Refuse("the dtypes differ", context, "equal dtypes");
        }

        if (!context.Shape(6).IsCompatibleWith(context.Shape(4)) || !context.Shape(7).IsCompatibleWith(context.Shape(4))) throw Refuse("the gradients do not fit the outputs", context, $"gradients of shape {context.Shape(4)}");
        for (var i = 0; i < 3; i++) context.Return(i, context.Shape(i), dtype);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) =>
        RecurrentDerivatives.Return(context, [0, 1, 2, 3, 6, 7], x => RecurrentDerivatives.Lstm(x[0], x[1], x[2], x[3], x[4], x[5]));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(2).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    static void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = context.InputTensor(4).Shape;
        LstmKernel.Backward(
            new RecurrentShape(shape[0], shape[1], shape[2]),
            context.Input<T>(2), context.Input<T>(3), context.Input<T>(4), context.Input<T>(5), context.Input<T>(6), context.Input<T>(7),
            context.Output<T>(0), context.Output<T>(1), context.Output<T>(2));
    }
}

/// <summary>Offers <see cref="LstmOp"/> to layers.</summary>
public static class LstmEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A long short-term memory over all steps: with z = entry + h·kernel parted into i, f, g, o, c′ = σ(f)·c + σ(i)·tanh(g) and h′ = σ(o)·tanh(c′). It has
        /// derivatives of any order.
        /// </summary>
        /// <param name="entry">What comes from the input at each step, bias included: [steps, batch, 4 units], float32 or float64.</param>
        /// <param name="h">The first output, [batch, units].</param>
        /// <param name="c">The first state, [batch, units].</param>
        /// <param name="kernel">The recurrent kernel, [units, 4 units].</param>
        /// <returns>All outputs and all states, [steps, batch, units] each.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit.</exception>
        public static (Tensor Outputs, Tensor States) Lstm(Tensor entry, Tensor h, Tensor c, Tensor kernel)
        {
            var results = LstmOp.Instance.ApplyAll(entry, h, c, kernel);
            return (results[0], results[1]);
        }
    }
}
