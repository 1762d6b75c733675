using System.Numerics;

namespace Tapestry;

/// <summary>The magnitudes √(a² + b²) of complex numbers a + ib, without overflow on the way. Source: <c>tf.abs</c>.</summary>
public sealed record ComplexAbsOp : Op
{
    internal static readonly ComplexAbsOp Instance = new();

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!context.DType(0).IsComplex) throw Refuse("not a complex tensor", context, "complex64 or complex128", "Use Ops.Abs, which chooses.");
        context.Return(context.Shape(0), context.DType(0) == DType.Complex64 ? DType.Float32 : DType.Float64);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (z, scale) = (context.Input(0), Ops.DivideNoNan(context.Upstream(0), context.Output(0)));
        context.Return(0, Ops.Complex(Ops.Real(z) * scale, Ops.Imag(z) * scale));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Complex64)
        {
            var source = context.Input<Complex64>(0);
            var destination = context.Output<float>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = (float)Complex.Abs(source[i]);
        }
        else
        {
            var source = context.Input<Complex>(0);
            var destination = context.Output<double>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = Complex.Abs(source[i]);
        }
    }
}
