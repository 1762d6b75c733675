using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Normalization;

/// <summary>Layer normalization of rows of a thousand, with scale and shift, written with primitive operations.</summary>
sealed class LayerNormalization(bool backward, bool fresh = false) : OperationJob
{
    const int Length = 1000;

    public static IEnumerable<Job> Variants => [new LayerNormalization(false), new LayerNormalization(false, fresh: true), new LayerNormalization(true)];

    public override string Name => $"layer norm 1000x1000, forward{(backward ? " + backward" : "")}{(fresh ? ", fresh result" : "")}";

    public override Bar Bar => new(1.05, Aim: 2);

    protected override bool FreshResults => fresh;

    protected override bool Backward => backward;

    protected override double Tolerance => 3e-5;

    protected override Operand[] Inputs(Numbers numbers) =>
        [new(numbers.Normal(Length * Length), [Length, Length]), new(numbers.Normal(Length), [Length]), new(numbers.Normal(Length), [Length])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs)
    {
        Tensor x = inputs[0];
        var centred = x - Ops.Mean(x, axis: -1, keepdims: true);
        var variance = Ops.Mean(Ops.Square(centred), axis: -1, keepdims: true);
        return centred * Ops.Rsqrt(variance + 1e-5f) * inputs[1] + inputs[2];
    }

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => torch.nn.functional.layer_norm(inputs[0], [Length], inputs[1], inputs[2], 1e-5);
}
