using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Indexing;

/// <summary>Rows of a large table and their gradient, which both keep as a list of rows.</summary>
sealed class Embedding : Job
{
    const int Rows = 1_000_000, Width = 64, Count = 4096;

    readonly Function<Tensor, Tensor, Tensor[]> function;
    float[] values = [], direction = [];
    int[] picked = [];
    Variable table = null!;
    Tensor indices = 0, upstream = 0;
    Tensor[] results = [];
    torch.Tensor theirTable = null!, theirIndices = null!, theirUpstream = null!;

    public Embedding() => function = Function.Of<Tensor, Tensor, Tensor[]>(Pick, new FunctionOptions { ReuseResults = true });

    public override string Name => "embedding 1M x 64, 4096 rows, forward + backward";

    public override Bar Bar => new(1, Aim: 2);

    public override bool Differentiates => true;

    public override void Prepare(int seed)
    {
        var numbers = new Numbers(seed);
        values = numbers.Positive(Rows * Width);
        direction = numbers.Normal(Count * Width);
        picked = numbers.Integers(Count, Rows);
        table = new Variable(Ops.FromSpan<float>(values, [Rows, Width]));
        indices = picked;
        upstream = Ops.FromSpan<float>(direction, [Count, Width]);
    }

    public override void PrepareLibtorch()
    {
        theirTable = Libtorch.Parameter(values, Rows, Width);
        theirIndices = torch.tensor(picked.Select(index => (long)index).ToArray());
        theirUpstream = Libtorch.Tensor(direction, Count, Width);
    }

    public override void RunOurs() => results = function.Apply(indices, upstream);

    public override void RunLibtorch()
    {
        using var scope = torch.NewDisposeScope();
        Reference();
    }

    public override void CheckEqual()
    {
        RunOurs();
        using var scope = torch.NewDisposeScope();
        var (rows, gradient) = Reference();
        Agreement.Require($"{Name}, rows", results[0].ToArray<float>(), Libtorch.Values(rows), 0);
        Agreement.Require($"{Name}, gradient", results[1].ToArray<float>(), Libtorch.Values(gradient.to_dense()), 1e-6);
    }

    Tensor[] Pick(Tensor indices, Tensor upstream)
    {
        using var tape = new GradientTape();
        var rows = Ops.Gather(table, indices);
        return [rows, tape.Gradient(rows, table, upstream)!];
    }

    // What the backward pass of a sparse embedding makes: the upstream rows beside their indices.
    (torch.Tensor Rows, torch.Tensor Gradient) Reference()
    {
        var rows = theirTable.detach().index_select(0, theirIndices);
        return (rows, torch.sparse_coo_tensor(theirIndices.unsqueeze(0), theirUpstream, [Rows, Width]));
    }
}
