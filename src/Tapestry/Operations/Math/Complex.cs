using System.Numerics;

namespace Tapestry;

/// <summary>Complex numbers from their parts, two tensors of equal shapes. Source: <c>tf.complex</c>.</summary>
public sealed record ComplexOp : Op
{
    internal static readonly ComplexOp Instance = new();

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var dtype = context.DType(0);
        if (dtype != context.DType(1) || (dtype != DType.Float32 && dtype != DType.Float64)) throw Refuse("the dtypes do not fit", context, "twice float32, or twice float64", "Convert with Ops.Cast.");
        if (!context.Shape(0).IsCompatibleWith(context.Shape(1))) throw Refuse("the shapes differ", context, "equal shapes");
        context.Return(context.Shape(0).IsFullyKnown ? context.Shape(0) : context.Shape(1), dtype == DType.Float32 ? DType.Complex64 : DType.Complex128);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.Needs(0)) context.Return(0, Ops.Real(context.Upstream(0)));
        if (context.Needs(1)) context.Return(1, Ops.Imag(context.Upstream(0)));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32)
        {
            var real = context.Input<float>(0);
            var imaginary = context.Input<float>(1);
            var destination = context.Output<Complex64>(0);
            for (var i = 0; i < destination.Length; i++) destination[i] = new Complex64(real[i], imaginary[i]);
        }
        else
        {
            var real = context.Input<double>(0);
            var imaginary = context.Input<double>(1);
            var destination = context.Output<Complex>(0);
            for (var i = 0; i < destination.Length; i++) destination[i] = new Complex(real[i], imaginary[i]);
        }
    }
}

/// <summary>Offers <see cref="ComplexOp"/> to users.</summary>
public static class ComplexEntry
{
    extension(Ops)
    {
        /// <summary>Complex numbers from their parts, which broadcast: complex128 of float64, else complex64.</summary>
        /// <param name="real">The real parts.</param>
        /// <param name="imag">The imaginary parts.</param>
        public static Tensor Complex(Tensor real, Tensor imag)
        {
            Promotion.UnifyFloating(ref real, ref imag);
            (real, imag) = (SinglePrecision.Widen(real), SinglePrecision.Widen(imag));
            if (real.Shape.IsFullyKnown && real.Shape == imag.Shape) return ComplexOp.Instance.Apply(real, imag);
            var both = real + imag;
            return ComplexOp.Instance.Apply(Ops.BroadcastLike(real, both), Ops.BroadcastLike(imag, both));
        }

        /// <summary>The angle of a complex number in the plane, from -π to π; 0 or π for real ones. Source: <c>tf.math.angle</c>.</summary>
        /// <param name="x">A numeric tensor.</param>
        public static Tensor Angle(Tensor x) => Ops.Atan2(Ops.Imag(x), Ops.Real(x));
    }
}
