using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>A <see cref="UnaryOp{TBody}"/> whose result moves in steps, such as a number without its fraction: no gradient, and nothing is kept for one.</summary>
/// <typeparam name="TBody">The function of one element.</typeparam>
public abstract record UnaryStepOp<TBody> : UnaryOp<TBody>
    where TBody : struct, IUnaryBody
{
    /// <inheritdoc/>
    public sealed override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public sealed override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected sealed override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => null;
}
