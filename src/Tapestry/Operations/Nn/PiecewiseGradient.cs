using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>
/// The gradient of a function made of straight pieces, from its input and the gradient of its output: the slope of the piece, times that gradient.
/// </summary>
/// <typeparam name="TBody">The function of input and gradient; linear in the gradient.</typeparam>
/// <param name="Function">The function with its attributes.</param>
public sealed record PiecewiseGradientOp<TBody>(TBody Function) : BinaryOp<TBody>
    where TBody : struct, IBinaryBody
{
    /// <inheritdoc/>
    public override string Name => typeof(TBody).Name + "Gradient";

    /// <inheritdoc/>
    protected override TBody Body => Function;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => null;

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => Apply(x, upstream);
}
