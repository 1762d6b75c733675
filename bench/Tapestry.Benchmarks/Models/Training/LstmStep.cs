using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A long short-term memory. Keras has one bias, so libtorch's second stays zero.</summary>
sealed class LstmStep() : RecurrentStep(4, """
    def lstm(x: Tensor, weights: List[Tensor], states: List[Tensor]):
        return torch.lstm(x, states, weights, True, 1, 0.0, True, False, True)[0]

    """)
{
    torch.Tensor? zeros;

    public override string Name => "LSTM 64-128 batch 32, 50 steps, Adam step, compiled";

    public override Bar Bar => new(1.1, 1.1, 2, 0.4);

    protected override int Biases => 1;

    protected override Tensor Outputs(IReadOnlyList<Variable> weights, Tensor entry)
    {
        var first = Ops.Zeros([Batch, Units]);
        return Ops.Lstm(entry, first, first, weights[1]).Outputs;
    }

    protected override torch.Tensor Outputs(IReadOnlyList<torch.Tensor> weights, torch.Tensor x)
    {
        zeros ??= torch.zeros(4 * Units).DetachFromDisposeScope();
        return Unit.invoke<torch.Tensor>("lstm", x, new[] { weights[0], weights[1], weights[2], zeros }, new[] { State, State });
    }
}
