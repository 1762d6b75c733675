namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>A program of elementwise operations, broadcasts, reductions and products drawn from a seed: the same seed gives the same program.</summary>
sealed class RandomProgram(int seed)
{
    static readonly Func<Tensor, Tensor>[] Unary =
    [
        Ops.Negative, Ops.Abs, Ops.Square, Ops.Tanh, Ops.Sigmoid, Ops.Relu, Ops.Erf, Ops.Sin, Ops.Cos, Ops.Floor, Ops.Sign, Ops.Atan, Ops.Expm1,
        x => Ops.Exp(Ops.Minimum(x, 3f)), x => Ops.Log(Ops.Abs(x) + 1f), x => Ops.Sqrt(Ops.Abs(x)), x => Ops.Rsqrt(Ops.Square(x) + 1f), x => Ops.LeakyRelu(x),
        x => Ops.Elu(x), x => Ops.Softplus(x), x => Ops.Sinh(Ops.Tanh(x)), x => x * 2f, x => 1f - x,
    ];

    static readonly Func<Tensor, Tensor, Tensor>[] Binary =
    [
        (x, y) => x + y, (x, y) => x - y, (x, y) => x * y, (x, y) => Ops.Pow(Ops.Abs(x) + 0.5f, y), (x, y) => x / (Ops.Square(y) + 1f), Ops.Maximum, Ops.Minimum, Ops.SquaredDifference, Ops.Atan2,
        (x, y) => Ops.Where(Ops.Less(x, y), x, y), (x, y) => Ops.Cast(Ops.Greater(x, y), x.DType) * x, (x, y) => Ops.Where(Ops.LogicalAnd(Ops.Greater(x, 0f), Ops.LogicalNot(Ops.Less(y, 0f))), x, 0f * y),
    ];

    static readonly Func<Tensor, Axes?, bool, Tensor>[] Reductions = [Ops.Sum, Ops.Mean, Ops.Max, Ops.Min];

    readonly int[] shape = Shape(seed);

    /// <summary>The inputs: full ones, such as are broadcast, and the right matrix of products.</summary>
    internal Tensor[] Inputs(DType dtype)
    {
        var random = new Random(seed);
        return [Draw(shape), Draw(shape), Draw(shape[^1..]), Draw([.. shape[..^1], 1]), Draw([]), Draw([shape[^1], shape[^1]]) * (0.5 / shape[^1])];

        Tensor Draw(int[] of)
        {
            var values = new double[of.Aggregate(1, (size, extent) => size * extent)];
            for (var i = 0; i < values.Length; i++) values[i] = random.NextDouble() * 8 - 4;
            return Ops.Cast(Ops.Reshape((Tensor)values, [.. of.Select(extent => (int?)extent)]), dtype);
        }
    }

    /// <summary>Runs the program, eagerly or while it is traced.</summary>
    internal Nest Run(Nest inputs)
    {
        var random = new Random(seed + 1);
        var values = inputs.FlattenLeaves().Cast<Tensor>().ToList();
        var matrix = values[^1];
        values.RemoveAt(values.Count - 1);
        var steps = random.Next(3, 24);
        for (var i = 0; i < steps; i++)
        {
            var kind = random.Next(12);
            var x = values[random.Next(Math.Max(0, values.Count - 6), values.Count)];
            if (kind < 4)
            {
                values.Add(Unary[random.Next(Unary.Length)](x));
            }
            else if (kind > 9 && x.Rank > 0 && x.Shape[^1] == shape[^1])
            {
                values.Add(Ops.MatMul(x, matrix, transposeB: kind > 10));
            }
            else if (kind < 8 || x.Rank == 0)
            {
                var partners = values.Where(other => Fits(x, other)).ToList();
                values.Add(Binary[random.Next(Binary.Length)](x, partners[random.Next(partners.Count)]));
            }
            else
            {
                var split = random.Next(x.Rank + 1);
                int[] axes = random.Next(2) == 0 ? [.. Enumerable.Range(0, split)] : [.. Enumerable.Range(split, x.Rank - split)];
                if (axes.Length > 0) values.Add(Reductions[random.Next(Reductions.Length)](x, axes, true));
            }
        }

        var count = random.Next(1, 4);
        return Nest.List([.. values.TakeLast(count).Select(value => (Nest)value)]);
    }

    static bool Fits(Tensor x, Tensor y)
    {
        for (var i = 1; i <= Math.Min(x.Rank, y.Rank); i++)
        {
            if (x.Shape[^i] != y.Shape[^i] && x.Shape[^i] != 1 && y.Shape[^i] != 1) return false;
        }

        return true;
    }

    static int[] Shape(int seed)
    {
        var random = new Random(seed + 2);
        return random.Next(5) switch
        {
            0 => [random.Next(1, 70)],
            1 => [random.Next(1, 40), random.Next(1, 140)],
            2 => [random.Next(1, 6), random.Next(1, 9), random.Next(1, 50)],
            3 => [random.Next(200, 700), random.Next(1, 300)],
            _ => [random.Next(2, 5), 1, random.Next(1, 17), random.Next(1, 20)],
        };
    }
}
