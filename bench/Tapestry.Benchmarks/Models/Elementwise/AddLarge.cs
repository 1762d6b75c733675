using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>Ten million additions into a fresh result: memory bandwidth, and what a fresh result costs.</summary>
sealed class AddLarge : Job
{
    const int Length = 10_000_000;

    float[] left = [], right = [];
    Tensor x = 0, y = 0, sum = 0;
    torch.Tensor a = null!, b = null!;

    public override string Name => "add 10M floats, eager, fresh result";

    public override Bar Bar => new(5);

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
        using var result = a.add(b);
    }

    public override void CheckEqual()
    {
        RunOurs();
        using var result = a.add(b);
        Agreement.Require(Name, sum.ToArray<float>(), Libtorch.Values(result), 0);
    }
}
