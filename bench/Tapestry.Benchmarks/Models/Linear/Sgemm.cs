using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Linear;

/// <summary>One matrix product, called eagerly.</summary>
sealed class Sgemm(int m, int k, int n, Bar bar) : OperationJob
{
    public static IEnumerable<Job> Variants =>
    [
        new Sgemm(256, 256, 256, new Bar(1, Aim: 1.3, LimitMust: 0.7)),
        new Sgemm(512, 512, 512, new Bar(1, Aim: 1.1, LimitMust: 0.9)),
        new Sgemm(1000, 1000, 1000, new Bar(1, Aim: 1.3, LimitMust: 0.7)),
        new Sgemm(1024, 1024, 1024, new Bar(1, Aim: 1.1, LimitMust: 0.9)),
        new Sgemm(2048, 2048, 2048, new Bar(1, Aim: 1.1, LimitMust: 0.9)),
        new Sgemm(128, 784, 512, new Bar(1, Aim: 1.3, LimitMust: 0.7)),
        new Sgemm(1, 1024, 1024, new Bar(1, Aim: 1.3)),
    ];

    public override string Name => $"SGEMM {m}x{k}x{n}";

    public override Bar Bar => bar;

    public override double? Operations => 2.0 * m * k * n;

    protected override bool Eager => true;

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(m * k), [m, k]), new(numbers.Normal(k * n), [k, n])];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => Ops.MatMul(inputs[0], inputs[1]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => inputs[0].matmul(inputs[1]);
}
