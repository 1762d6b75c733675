using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>The chain as one function.</summary>
sealed class CompiledChain : Chain
{
    readonly Function<Tensor, Tensor> function;

    public CompiledChain() => function = Function.Of((Tensor x) => Ours(x), new FunctionOptions { ReuseResults = true });

    public override string Name => "chain of 10 small ops, compiled";

    public override Bar Bar => new(20, Aim: 60);

    public override void RunOurs() => Result = function.Apply(X);
}
