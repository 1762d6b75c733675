using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>The chain, operation by operation.</summary>
sealed class EagerChain : Chain
{
    public override string Name => "chain of 10 small ops, eager";

    public override Bar Bar => new(8, Aim: 12);

    public override void RunOurs() => Result = Ours(X);
}
