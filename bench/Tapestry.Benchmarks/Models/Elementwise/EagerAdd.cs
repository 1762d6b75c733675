using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>One addition of two small tensors, called as a user calls it: what an operation costs beside its arithmetic.</summary>
sealed class EagerAdd : Job
{
    const int Length = 64;

    float[] left = [], right = [];
    Tensor x = 0, y = 0, sum = 0;
    torch.Tensor a = null!, b = null!;

    public override string Name => "add 64 floats, eager";

    public override Bar Bar => new(8, Aim: 12);

    public override void Prepare(int seed)
    {
        var numbers = new Numbers(seed);
        left = numbers.Normal(Length);
        right = numbers.Normal(Length);
        x = left;
        y = right;
    }

    public override void PrepareLibtorch()
    {
        a = Libtorch.Tensor(left, Length);
        b = Libtorch.Tensor(right, Length);
    }

    public override void RunOurs() => sum = x + y;

    public override void RunLibtorch()
    {
        // Disposed by hand: a scope would cost half as much as the addition.
        using var result = a.add(b);
    }

    public override void CheckEqual()
    {
        RunOurs();
        using var result = a.add(b);
        Agreement.Require(Name, sum.ToArray<float>(), Libtorch.Values(result), 0);
    }
}
