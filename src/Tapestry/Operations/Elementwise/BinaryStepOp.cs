using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>A <see cref="BinaryOp{TBody}"/> whose result moves in steps, such as a quotient rounded down or bits: no gradient, and nothing is kept for one.</summary>
/// <typeparam name="TBody">The function of two elements.</typeparam>
public abstract record BinaryStepOp<TBody> : BinaryOp<TBody>
    where TBody : struct, IBinaryBody
{
    /// <inheritdoc/>
    public sealed override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public sealed override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected sealed override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => null;

    /// <inheritdoc/>
    protected sealed override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => null;
}
