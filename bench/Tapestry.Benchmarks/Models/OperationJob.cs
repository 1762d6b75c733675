using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models;

/// <summary>
/// One program of operations on float32 inputs: forward alone, or with the gradients of all inputs from a given upstream gradient (the
/// forward result is returned too, so that nothing is optimised away). Ours runs as a function that writes its results over those of the call before,
/// as libtorch's allocator does when these were disposed; a job can ask for fresh results instead.
/// </summary>
abstract class OperationJob : Job
{
    Function<Tensor[]> function = null!;
    Operand[] operands = [];
    Variable[] variables = [];
    Variable upstream = null!;
    Tensor[] results = [];
    Reference reference = null!, best = null!;

    public override bool Differentiates => Backward;

    public override IReadOnlyList<Tensor> CompiledResults => Eager || FreshResults ? [] : results;

    /// <summary>The inputs that were made, and the upstream gradient behind them where there is one.</summary>
    protected IReadOnlyList<Operand> Operands => operands;

    /// <summary>Our last result.</summary>
    protected Tensor Result => results[0];

    /// <summary>Whether gradients are part of the job.</summary>
    protected virtual bool Backward => false;

    /// <summary>Whether ours runs operation by operation.</summary>
    protected virtual bool Eager => false;

    /// <summary>Whether every call of ours gives results in memory of their own, for the collector to take back.</summary>
    protected virtual bool FreshResults => false;

    /// <summary>The axes of the result in libtorch; see <see cref="Operand.Order"/>.</summary>
    protected virtual int[]? ResultOrder => null;

    /// <summary>The largest difference from libtorch, as a part of the largest value.</summary>
    protected virtual double Tolerance => 1e-5;

    public override void Prepare(int seed)
    {
        function = Function.Of(() => Backward ? WithGradients() : [Ours(variables)], new FunctionOptions { ReuseResults = !FreshResults });
        var numbers = new Numbers(seed);
        operands = Inputs(numbers);
        variables = [.. operands.Select(operand => new Variable(operand.ToTensor()))];
        if (!Backward) return;
        var shape = Ours(variables).Shape.ToArray();
        operands = [.. operands, new Operand(numbers.Normal(shape.Aggregate(1, (size, length) => size * length)), shape, ResultOrder)];
        upstream = new Variable(operands[^1].ToTensor(), trainable: false);
    }

    public override void PrepareLibtorch()
    {
        reference = new Reference([.. operands.Select(operand => operand.ToLibtorch())], Backward);
        if (HasLibtorchBest) best = new Reference([.. operands.Select(operand => operand.ToLibtorchChannelsLast())], Backward);
    }

    public override void RunOurs() => results = !Eager ? function.Apply() : Backward ? WithGradients() : [Ours(variables)];

    public override void RunLibtorch()
    {
        using var scope = torch.NewDisposeScope();
        Run(reference);
    }

    public override void RunLibtorchBest()
    {
        using var scope = torch.NewDisposeScope();
        Run(best);
    }

    public override void CheckEqual()
    {
        RunOurs();
        using var scope = torch.NewDisposeScope();
        Compare(Run(reference));
        if (HasLibtorchBest) Compare(Run(best));
    }

    /// <summary>The inputs.</summary>
    protected abstract Operand[] Inputs(Numbers numbers);

    /// <summary>The program in our operations.</summary>
    protected abstract Tensor Ours(IReadOnlyList<Variable> inputs);

    /// <summary>The program in libtorch's operations. Large intermediate results are disposed as soon as Python would: see the README.</summary>
    protected abstract torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs);

    Tensor[] WithGradients()
    {
        using var tape = new GradientTape();
        var result = Ours(variables);
        return [result, .. tape.Gradient(result, variables, upstream).Select(gradient => gradient!)];
    }

    torch.Tensor[] Run(Reference side)
    {
        var result = Theirs(side.Inputs);
        return Backward ? [result, .. torch.autograd.grad([result], side.Inputs, [side.Upstream!])] : [result];
    }

    void Compare(torch.Tensor[] theirs)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var what = i == 0 ? $"{Name}, result" : $"{Name}, gradient {i - 1}";
            Agreement.Require(what, results[i].ToArray<float>(), Operand.FromLibtorch(theirs[i], i == 0 ? ResultOrder : operands[i - 1].Order), Tolerance);
        }
    }

    sealed class Reference
    {
        internal Reference(torch.Tensor[] tensors, bool backward)
        {
            Inputs = backward ? tensors[..^1] : tensors;
            Upstream = backward ? tensors[^1] : null;
            if (!backward) return;
            foreach (var input in Inputs) input.requires_grad_();
        }

        internal torch.Tensor[] Inputs { get; }

        internal torch.Tensor? Upstream { get; }
    }
}
