using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A recurrent layer over fifty steps of time; the last output is compared with a target.</summary>
sealed class LstmStep() : TrainingJob(compiled: true)
{
    const int Batch = 32, Steps = 50, Features = 64, Units = 128;

    // What nn.LSTM calls; a script takes the same weights as a list. Keras has one bias, so libtorch's second stays zero.
    const string Script = """
        def lstm(x: Tensor, weights: List[Tensor], states: List[Tensor]):
            return torch.lstm(x, states, weights, True, 1, 0.0, True, False, True)[0]

        """;

    static readonly int[] reversed = [1, 0];

    torch.jit.CompilationUnit? unit;
    torch.Tensor? zeros, state;

    public override string Name => "LSTM 64-128 batch 32, 50 steps, Adam step, compiled";

    public override Bar Bar => new(1.1, 1.1, 2, 0.4);

    public override double? Operations => 3 * 2.0 * Batch * Steps * (Features + Units) * 4 * Units;

    protected override Operand[] Weights(Numbers numbers) =>
    [
        new(numbers.Normal(Features * 4 * Units, 0.1), [Features, 4 * Units], reversed, HasChannels: false),
        new(numbers.Normal(Units * 4 * Units, 0.08), [Units, 4 * Units], reversed, HasChannels: false),
        new(numbers.Normal(4 * Units, 0.1), [4 * Units]),
    ];

    protected override Operand Input(Numbers numbers) => new(numbers.Normal(Batch * Steps * Features), [Batch, Steps, Features]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target) =>
        Ops.Mean(Ops.Square(Ops.Mean(LastOutput(weights, x), axis: 1, keepdims: true) - target));

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target)
    {
        unit ??= torch.jit.compile(Script);
        zeros ??= torch.zeros(4 * Units).DetachFromDisposeScope();
        state ??= torch.zeros(1, Batch, Units).DetachFromDisposeScope();
        var outputs = unit.invoke<torch.Tensor>("lstm", x, new[] { weights[0], weights[1], weights[2], zeros }, new[] { state, state });
        return torch.nn.functional.mse_loss(outputs.select(1, Steps - 1).mean([1], keepdim: true), target);
    }

    // What the layer LSTM does, with the weights of the benchmark.
    static Tensor LastOutput(IReadOnlyList<Variable> weights, Tensor x)
    {
        var zeros = Ops.Zeros([Batch, Units]);
        return Ops.Lstm(Ops.MatMul(Ops.Transpose(x, [1, 0, 2]), weights[0]) + weights[2], zeros, zeros, weights[1]).Outputs[^1];
    }
}
