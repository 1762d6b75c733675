using System.Numerics;

namespace Tapestry;

/// <summary>Complex conjugates. Source: <c>tf.math.conj</c>.</summary>
public sealed record ConjOp : Op
{
    internal static readonly ConjOp Instance = new();

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!context.DType(0).IsComplex) throw Refuse("not a complex tensor", context, "complex64 or complex128");
        context.Return(context.Shape(0), context.DType(0));
    }

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.Conj(context.Upstream(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Complex128)
        {
            var source = context.Input<Complex>(0);
            var destination = context.Output<Complex>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = Complex.Conjugate(source[i]);
        }
        else
        {
            var source = context.Input<Complex64>(0);
            var destination = context.Output<Complex64>(0);
            for (var i = 0; i < source.Length; i++) destination[i] = new Complex64(source[i].Real, -source[i].Imaginary);
        }
    }
}

/// <summary>Offers <see cref="ConjOp"/> to users.</summary>
public static class ConjEntry
{
    extension(Ops)
    {
        /// <summary>The complex conjugate, element by element; real numbers stay as they are.</summary>
        /// <param name="x">A numeric tensor.</param>
        public static Tensor Conj(Tensor x) => x.DType.IsComplex ? ConjOp.Instance.Apply(x) : x;
    }
}
