using System.Numerics;

namespace Tapestry;

/// <summary>The real parts of complex numbers. Source: <c>tf.math.real</c>.</summary>
public sealed record RealOp : Op
{
    internal static readonly RealOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!context.DType(0).IsComplex) throw Refuse("not a complex tensor", context, "complex64 or complex128");
        context.Return(context.Shape(0), context.DType(0) == DType.Complex64 ? DType.Float32 : DType.Float64);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.Cast(context.Upstream(0), context.Input(0).DType));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Complex64)
        {
            var source = context.Input<Complex64>(0);
            var destination = context.Output<float>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = source[i].Real;
        }
        else
        {
            var source = context.Input<Complex>(0);
            var destination = context.Output<double>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = source[i].Real;
        }
    }
}

/// <summary>Offers <see cref="RealOp"/> to users.</summary>
public static class RealEntry
{
    extension(Ops)
    {
        /// <summary>The real part, element by element; real numbers stay as they are.</summary>
        /// <param name="x">A numeric tensor.</param>
        public static Tensor Real(Tensor x) => x.DType.IsComplex ? RealOp.Instance.Apply(x) : x;
    }
}
