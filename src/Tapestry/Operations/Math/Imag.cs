using System.Numerics;

namespace Tapestry;

/// <summary>The imaginary parts of complex numbers. Source: <c>tf.math.imag</c>.</summary>
public sealed record ImagOp : Op
{
    internal static readonly ImagOp Instance = new();

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
    public override void Gradient(GradientContext context) => context.Return(0, Ops.Complex(Ops.ZerosLike(context.Upstream(0)), context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Complex64)
        {
            var source = context.Input<Complex64>(0);
            var destination = context.Output<float>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = source[i].Imaginary;
        }
        else
        {
            var source = context.Input<Complex>(0);
            var destination = context.Output<double>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = source[i].Imaginary;
        }
    }
}

/// <summary>Offers <see cref="ImagOp"/> to users.</summary>
public static class ImagEntry
{
    extension(Ops)
    {
        /// <summary>The imaginary part, element by element; zeros for real numbers.</summary>
        /// <param name="x">A numeric tensor.</param>
        public static Tensor Imag(Tensor x) => x.DType.IsComplex ? ImagOp.Instance.Apply(x) : Ops.ZerosLike(x);
    }
}
