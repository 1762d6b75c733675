using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Attention;

/// <summary>Attention of four sequences of a thousand positions with eight heads, and the gradients of queries, keys and values.</summary>
/// <param name="isCausal">Whether positions see only what is before them.</param>
sealed class DotProductAttention(bool isCausal) : OperationJob
{
    const int Batch = 2, Length = 1024, Heads = 8, Width = 64;

    // From [batch, length, heads, width] to libtorch's [batch, heads, length, width].
    static readonly int[] headsFirst = [0, 2, 1, 3];

    public static IEnumerable<Job> Variants => [new DotProductAttention(false), new DotProductAttention(true)];

    public override string Name => $"attention 2x8x1024x64{(isCausal ? ", causal" : "")}, forward + backward";

    public override Bar Bar => new(1, Aim: 1.5);

    // Two products forward and five backward; half of each is visible to causal attention.
    public override double? Operations => 7 * 2.0 * Batch * Heads * Length * Length * Width * (isCausal ? 0.5 : 1);

    protected override bool Backward => true;

    protected override int[]? ResultOrder => headsFirst;

    protected override Operand[] Inputs(Numbers numbers) => [.. Enumerable.Range(0, 3).Select(_ => new Operand(numbers.Normal(Batch * Length * Heads * Width), [Batch, Length, Heads, Width], headsFirst))];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.DotProductAttention(inputs[0], inputs[1], inputs[2], isCausal: isCausal);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => torch.nn.functional.scaled_dot_product_attention(inputs[0], inputs[1], inputs[2], is_casual: isCausal);
}
