using Tapestry.Tests.Contracts.InstructionSets;

namespace Tapestry.Tests.Contracts.GuardPages;

/// <summary>Every kernel at sizes that fill no vector, tile or block, or one and a rest: what it gives must not depend on where its operands lie.</summary>
static class OddSizes
{
    static readonly int[] Lengths = [1, 2, 3, 5, 7, 9, 13, 15, 17, 31, 33, 63, 65, 127, 129, 255, 257, 1031, 4099];

    static readonly DType[] Numbers = [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16, DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.UInt8];

    internal static IEnumerable<ContractResult> Compute()
    {
        foreach (var (name, compute) in Programs()) yield return new ContractResult(name, 0, [.. compute().SelectMany(ContractResults.Numbers)]);
    }

    static IEnumerable<(string Name, Func<Tensor[]> Compute)> Programs()
    {
        foreach (var n in Lengths)
        {
            foreach (var type in Numbers)
            {
                var dtype = type;
                yield return ($"elementwise {dtype}[{n}]", () => Elementwise(Draw(dtype, 1, n), Draw(dtype, 2, n)));
                yield return ($"broadcast {dtype}[3,{n}]", () => Broadcast(dtype, n));
                yield return ($"reductions {dtype}[{n}]", () => Reductions(Draw(dtype, 1, n), Draw(dtype, 1, 3, n), Draw(dtype, 2, n, 5)));
                yield return ($"order {dtype}[2,{n}]", () => Order(Draw(dtype, 1, 2, n)));
                yield return ($"moves {dtype}[{n},3]", () => Moves(Draw(dtype, 1, n, 3), n));
            }

            yield return ($"softmax [3,{n}]", () => Derive(x => Ops.Softmax(x[0]) + Ops.LogSoftmax(x[0]), Draw(DType.Float32, 1, 3, n)));
            yield return ($"normalization [5,{n}]", () => Derive(Normalized, Draw(DType.Float32, 1, 5, n)));
            yield return ($"compiled normalization [5,{n}]", () => Function.Of((Tensor x) => (Nest)Derive(Normalized, x)).Apply(Draw(DType.Float32, 1, 5, n)).Flatten().ToArray());
            yield return ($"random [{n}]", () => [Ops.RandomNormal([n], seed: 3), Ops.RandomUniform([n], seed: 4)]);
        }

        foreach (var (m, n, k) in ((int, int, int)[])[(1, 1, 1), (1, 17, 33), (33, 1, 17), (5, 7, 3), (13, 49, 65), (17, 33, 513), (97, 101, 31), (129, 257, 67)])
        {
            foreach (var dtype in (DType[])[DType.Float32, DType.Float64, DType.Float16, DType.Int32])
            {
                foreach (var turn in (int[])[0, 1, 2, 3])
                {
                    var (a, b) = ((turn & 1) != 0, (turn & 2) != 0);
                    yield return ($"product {dtype} {m}x{n}x{k} {turn}", () => [Ops.MatMul(Draw(dtype, 1, a ? [k, m] : [m, k]), Draw(dtype, 2, b ? [n, k] : [k, n]), transposeA: a, transposeB: b)]);
                }
            }
        }

        foreach (var (size, input, output, filter, stride, padding) in ((int, int, int, int, int, string)[])[
            (7, 3, 5, 3, 1, "same"), (9, 33, 17, 3, 1, "same"), (8, 64, 32, 3, 1, "valid"), (13, 32, 65, 3, 2, "same"), (11, 3, 64, 7, 2, "same"), (7, 65, 33, 1, 1, "valid"), (9, 16, 48, 1, 2, "same"), (15, 1, 33, 5, 3, "valid")])
        {
            yield return ($"convolution {size} {input}->{output} {filter}/{stride} {padding}", () => Derive(x => Ops.Conv2D(x[0], x[1], strides: [stride], padding: padding), Draw(DType.Float32, 1, 2, size, size, input), Draw(DType.Float32, 2, filter, filter, input, output)));
            yield return ($"depthwise {size} {input} {filter}/{stride} {padding}", () => Derive(x => Ops.DepthwiseConv(x[0], x[1], strides: [stride], padding: padding), Draw(DType.Float32, 1, 2, size, size, input), Draw(DType.Float32, 2, filter, filter, input, 1)));
            yield return ($"pooling {size} {input} {filter}/{stride} {padding}", () => Derive(x => Ops.MaxPool(x[0], [filter], strides: [stride], padding: padding) + Ops.AveragePool(x[0], [filter], strides: [stride], padding: padding), Draw(DType.Float32, 1, 2, size, size, input)));
        }

        foreach (var (length, heads, width) in ((int, int, int)[])[(1, 1, 1), (3, 2, 5), (17, 3, 7), (65, 2, 33), (131, 1, 16)])
        {
            yield return ($"attention {length} {heads} {width}", () => Derive(x => Ops.DotProductAttention(x[0], x[1], x[2], isCausal: length % 4 == 1), Draw(DType.Float32, 1, 2, length, heads, width), Draw(DType.Float32, 2, 2, length, heads, width), Draw(DType.Float32, 3, 2, length, heads, width)));
        }

        foreach (var (steps, batch, units) in ((int, int, int)[])[(1, 1, 1), (3, 5, 7), (2, 9, 17), (5, 13, 33), (3, 1, 65)])
        {
            yield return ($"lstm {steps} {batch} {units}", () => Derive(x => Ops.Lstm(x[0], x[1], x[2], x[3]).Outputs, Draw(DType.Float32, 1, steps, batch, 4 * units), Draw(DType.Float32, 2, batch, units), Draw(DType.Float32, 3, batch, units), Draw(DType.Float32, 4, units, 4 * units)));
            foreach (var after in (bool[])[false, true])
            {
                yield return ($"gru {steps} {batch} {units} {after}", () => Derive(x => Ops.Gru(x[0], x[1], x[2], resetAfter: after).Outputs, Draw(DType.Float32, 1, steps, batch, 3 * units), Draw(DType.Float32, 2, batch, units), Draw(DType.Float32, 4, units, 3 * units)));
            }
        }
    }

    static Tensor[] Elementwise(Tensor x, Tensor y)
    {
        var mask = Ops.Greater(x, y);
        var results = new List<Tensor> { x + y, x * y, Ops.Maximum(x, y), -x, Ops.Abs(x), Ops.Where(mask, x, y), mask, Ops.Cast(x, DType.Float32), Ops.Cast(x, DType.Int32), Ops.ClipByValue(x, y, x + y), Ops.Equal(x, y) };
        if (x.DType.IsFloating) results.AddRange([x / (y * y + 1f), Ops.Exp(x), Ops.Tanh(x), Ops.Erf(x), Ops.Sqrt(Ops.Abs(x)), Ops.Log(Ops.Abs(x) + 1f)]);
        return [.. results];
    }

    static Tensor[] Broadcast(DType dtype, int n)
    {
        Tensor full = Draw(dtype, 1, 3, n), row = Draw(dtype, 2, n), column = Draw(dtype, 3, 3, 1);
        return [full + row, row - full, full * column, column + row, Ops.Where(Ops.Greater(full, row), column, full), Ops.BroadcastTo(row, [2, 3, n])];
    }

    static Tensor[] Reductions(params Tensor[] tensors) =>
        [.. tensors.SelectMany(x => Enumerable.Range(0, x.Rank).SelectMany(axis => (Tensor[])[Ops.Sum(x, axis), Ops.Max(x, axis), Ops.Prod(x, axis), Ops.ArgMax(x, axis), Ops.Cumsum(x, axis), Ops.Any(Ops.Greater(x, Ops.ZerosLike(x)), axis)]).Append(Ops.Sum(x)).Append(Ops.Min(x)))];

    static Tensor[] Order(Tensor x)
    {
        var (values, indices) = Ops.TopK(x, Math.Min(x.Shape[^1], 5));
        return [Ops.Sort(x), Ops.Sort(x, descending: true), Ops.ArgSort(x), values, indices];
    }

    static Tensor[] Moves(Tensor x, int n)
    {
        Tensor indices = Enumerable.Range(0, n + 2).Select(i => i * 7 % n).ToArray();
        return
        [
            Ops.Transpose(x), Ops.Gather(x, indices), Ops.Gather(Ops.Transpose(x), indices, axis: 1), Ops.ScatterNd(Ops.ExpandDims(indices, -1), Ops.Gather(x, indices), [n, 3]), Ops.Reverse(x, 0), Ops.Roll(x, 1, 0),
            Ops.Pad(x, new[,] { { 1, 2 }, { 0, 1 } }), Ops.Concat([x, x], 1), Ops.Tile(x, [2, 3]), x[1.., ..2], x[.., 1..], Ops.Repeat(x, 2, 1), Ops.Transpose(Ops.Reshape(Ops.Concat([x, x], 0), [2, n, 3]), [2, 0, 1]),
        ];
    }

    static Tensor Normalized(Tensor[] x)
    {
        var centred = x[0] - Ops.Mean(x[0], -1, keepdims: true);
        return centred / Ops.Sqrt(Ops.Mean(centred * centred, -1, keepdims: true) + 1e-3f);
    }

    static Tensor[] Derive(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var tape = new GradientTape();
        foreach (var input in inputs) tape.Watch(input);
        var result = function(inputs);
        return [result, .. tape.Gradients([Ops.Sum(Ops.Sin(result))], inputs, null, UnconnectedGradients.Zero).Select(gradient => gradient!)];
    }

    static Tensor Draw(DType dtype, int seed, params int[] shape)
    {
        var random = new Random(seed);
        var scale = dtype.IsFloating ? 2.0 : 40.0;
        return Ops.Cast(Ops.FromSpan<double>([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (random.NextDouble() - (dtype == DType.UInt8 ? 0 : 0.5)) * scale)], shape), dtype);
    }
}
