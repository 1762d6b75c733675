using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A gated recurrent unit over fifty steps of time, in the form both sides share (the reset gate behind the product); the last output is compared with a target.</summary>
sealed class GruStep() : TrainingJob(compiled: true)
{
    const int Batch = 32, Steps = 50, Features = 64, Units = 128;

    // What nn.GRU calls; a script takes the same weights as a list.
    const string Script = """
        def gru(x: Tensor, weights: List[Tensor], state: Tensor):
            return torch.gru(x, state, weights, True, 1, 0.0, True, False, True)[0]

        """;

    static readonly int[] reversed = [1, 0];

    // Keras: update, reset, new; libtorch: reset, update, new.
    static readonly int[] gates = [1, 0, 2];

    torch.jit.CompilationUnit? unit;
    torch.Tensor? state;

    public override string Name => "GRU 64-128 batch 32, 50 steps, Adam step, compiled";

    public override Bar Bar => new(1.1, 1.1, 2);

    public override double? Operations => 3 * 2.0 * Batch * Steps * (Features + Units) * 3 * Units;

    protected override Operand[] Weights(Numbers numbers) =>
    [
        new(numbers.Normal(Features * 3 * Units, 0.1), [Features, 3 * Units], reversed, HasChannels: false, gates),
        new(numbers.Normal(Units * 3 * Units, 0.08), [Units, 3 * Units], reversed, HasChannels: false, gates),
        new(numbers.Normal(3 * Units, 0.1), [3 * Units], Gates: gates),
        new(numbers.Normal(3 * Units, 0.1), [3 * Units], Gates: gates),
    ];

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * Steps * Features), [Batch, Steps, Features]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target) =>
        Ops.Mean(Ops.Square(Ops.Mean(LastOutput(weights, x), axis: 1, keepdims: true) - target));

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target)
    {
        unit ??= torch.jit.compile(Script);
        state ??= torch.zeros(1, Batch, Units).DetachFromDisposeScope();
        var outputs = unit.invoke<torch.Tensor>("gru", x, weights.ToArray(), state);
        return torch.nn.functional.mse_loss(outputs.select(1, Steps - 1).mean([1], keepdim: true), target);
    }

    // What the layer GRU does, with the weights of the benchmark.
    static Tensor LastOutput(IReadOnlyList<Variable> weights, Tensor x) =>
        Ops.Gru(Ops.MatMul(Ops.Transpose(x, [1, 0, 2]), weights[0]) + weights[2], Ops.Zeros([Batch, Units]), weights[1], weights[3])[^1];
}
