using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A recurrent layer over fifty steps of time; the last output is compared with a target.</summary>
/// <param name="gates">How many gates of the width of the layer it has.</param>
/// <param name="script">The layer in a script of libtorch, whose functions take the same weights as a list.</param>
abstract class RecurrentStep(int gates, string script) : TrainingJob(compiled: true)
{
    protected const int Batch = 32, Steps = 50, Features = 64, Units = 128;

    static readonly int[] Reversed = [1, 0];

    torch.Tensor? state;

    public override double? Operations => 3 * 2.0 * Batch * Steps * (Features + Units) * gates * Units;

    /// <summary>The script, compiled.</summary>
    protected torch.jit.CompilationUnit Unit => field ??= torch.jit.compile(script);

    /// <summary>The first state for libtorch.</summary>
    protected torch.Tensor State => state ??= torch.zeros(1, Batch, Units).DetachFromDisposeScope();

    protected override Operand[] Weights(Numbers numbers) =>
    [
        new(numbers.Normal(Features * gates * Units, 0.1), [Features, gates * Units], Reversed, HasChannels: false, Order),
        new(numbers.Normal(Units * gates * Units, 0.08), [Units, gates * Units], Reversed, HasChannels: false, Order),
        .. Enumerable.Range(0, Biases).Select(_ => new Operand(numbers.Normal(gates * Units, 0.1), [gates * Units], Gates: Order)),
    ];

    /// <summary>How many vectors of biases there are.</summary>
    protected abstract int Biases { get; }

    /// <summary>Where libtorch has the gates of Keras; null in the same places.</summary>
    protected virtual int[]? Order => null;

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * Steps * Features), [Batch, Steps, Features]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target)
    {
        // What the layers do, with the weights of the benchmark.
        var entry = Ops.MatMul(Ops.Transpose(x, [1, 0, 2]), weights[0]) + weights[2];
        return Ops.Mean(Ops.Square(Ops.Mean(Outputs(weights, entry)[^1], axis: 1, keepdims: true) - target));
    }

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target) =>
        torch.nn.functional.mse_loss(Outputs(weights, x).select(1, Steps - 1).mean([1], keepdim: true), target);

    /// <summary>All outputs here, [steps, batch, units].</summary>
    protected abstract Tensor Outputs(IReadOnlyList<Variable> weights, Tensor entry);

    /// <summary>All outputs of libtorch, [batch, steps, units].</summary>
    protected abstract torch.Tensor Outputs(IReadOnlyList<torch.Tensor> weights, torch.Tensor x);
}
