using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Elementwise;

/// <summary>Ten operations on 64 floats, one after the other.</summary>
abstract class Chain : Job
{
    const int Length = 64;

    float[] start = [], factor = [], step = [];
    torch.Tensor a = null!, b = null!, c = null!;

    /// <summary>The input.</summary>
    protected Tensor X { get; private set; } = 0;

    /// <summary>Our last result.</summary>
    protected Tensor Result { get; set; } = 0;

    Tensor Factor { get; set; } = 0;

    Tensor Step { get; set; } = 0;

    public override void Prepare(int seed)
    {
        var numbers = new Numbers(seed);
        start = numbers.Normal(Length);
        factor = numbers.Normal(Length);
        step = numbers.Normal(Length);
        X = start;
        Factor = factor;
        Step = step;
    }

    public override void PrepareLibtorch()
    {
        a = Libtorch.Tensor(start, Length);
        b = Libtorch.Tensor(factor, Length);
        c = Libtorch.Tensor(step, Length);
    }

    public override void RunLibtorch()
    {
        using var scope = torch.NewDisposeScope();
        Reference();
    }

    public override void CheckEqual()
    {
        RunOurs();
        using var scope = torch.NewDisposeScope();
        Agreement.Require(Name, Result.ToArray<float>(), Libtorch.Values(Reference()), 1e-6);
    }

    /// <summary>The ten operations.</summary>
    protected Tensor Ours(Tensor x)
    {
        var y = x;
        for (var i = 0; i < 3; i++)
        {
            y = y * Factor;
            y = y + Step;
            y = -y;
        }

        return y - x;
    }

    torch.Tensor Reference()
    {
        var y = a;
        for (var i = 0; i < 3; i++)
        {
            y = y.mul(b);
            y = y.add(c);
            y = y.neg();
        }

        return y.sub(a);
    }
}
