using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A gated recurrent unit, in the form both sides share (the reset gate behind the product).</summary>
sealed class GruStep() : RecurrentStep(3, """
    def gru(x: Tensor, weights: List[Tensor], state: Tensor):
        return torch.gru(x, state, weights, True, 1, 0.0, True, False, True)[0]

    """)
{
    // Keras: update, reset, new; libtorch: reset, update, new.
    static readonly int[] order = [1, 0, 2];

    public override string Name => "GRU 64-128 batch 32, 50 steps, Adam step, compiled";

    public override Bar Bar => new(1.1, 1.1, 2);

    protected override int Biases => 2;

    protected override int[] Order => order;

    protected override Tensor Outputs(IReadOnlyList<Variable> weights, Tensor entry) => Ops.Gru(entry, Ops.Zeros([Batch, Units]), weights[1], weights[3]).Outputs;

    protected override torch.Tensor Outputs(IReadOnlyList<torch.Tensor> weights, torch.Tensor x) => Unit.invoke<torch.Tensor>("gru", x, weights.ToArray(), State);
}
