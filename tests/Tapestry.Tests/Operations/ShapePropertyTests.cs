using CsCheck;

namespace Tapestry.Tests.Operations;

/// <summary>Operations on arrays of any rank up to 5, sizes of 0 and 1 among them, against loops over index tuples: eagerly, and traced with every dimension unknown.</summary>
[Trait("Category", "Quick")]
public class ShapePropertyTests
{
    const int Samples = 120;

    static readonly DType[] DTypes = [DType.Float32, DType.Int32, DType.Bool, DType.Float64];

    // Zero is rarer than it would be by chance, since it leaves nothing to compare.
    static readonly Gen<int> Dimension = Gen.Frequency((1, Gen.Const(0)), (3, Gen.Const(1)), (8, Gen.Int[2, 4]));

    static readonly Gen<(int[] Shape, DType DType, int Seed)> Cases = Gen.Select(Dimension.Array[0, 5], Gen.Int[0, 3].Select(i => DTypes[i]), Gen.Int[0, int.MaxValue]);

    static readonly Gen<(int[] Shape, DType DType, int Seed)> WithAnAxis = Gen.Select(Dimension.Array[1, 5], Gen.Int[0, 3].Select(i => DTypes[i]), Gen.Int[0, int.MaxValue]);

    [Fact]
    public void ElementwiseFunctions() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var x = NaiveArray.Random(new Random(seed), shape, dtype);
            (Func<Tensor, Tensor> Op, Func<double, double> Plain, DType Result)[] functions = dtype == DType.Bool
                ? [(Ops.LogicalNot, a => 1 - a, dtype)]
                : [(Ops.Negative, a => -a, dtype), (Ops.Abs, Math.Abs, dtype), (Ops.Square, a => a * a, dtype), (Ops.Sign, a => Math.Sign(a), dtype), (Ops.Relu, a => Math.Max(a, 0), dtype)];
            foreach (var (op, plain, result) in functions) Check(inputs => op(inputs[0]), NaiveArray.Build(shape, i => plain(x[i])), result, x.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void ElementwiseFunctionsOfTwoTensorsBroadcast() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            int[] Narrowed() => [.. shape[random.Next(random.Next(shape.Length + 1) + 1)..].Select(dimension => random.Next(3) == 0 ? 1 : dimension)];
            var (a, b) = (NaiveArray.Random(random, Narrowed(), dtype), NaiveArray.Random(random, random.Next(3) == 0 ? shape : Narrowed(), dtype));
            var common = Common(a.Shape, b.Shape);
            (Func<Tensor, Tensor, Tensor> Op, Func<double, double, double> Plain, DType Result)[] functions = dtype == DType.Bool
                ? [(Ops.LogicalAnd, (x, y) => x * y, dtype), (Ops.LogicalOr, Math.Max, dtype), (Ops.LogicalXor, (x, y) => x == y ? 0 : 1, dtype), (Ops.NotEqual, (x, y) => x == y ? 0 : 1, dtype)]
                :
                [
                    (Ops.Add, (x, y) => x + y, dtype), (Ops.Subtract, (x, y) => x - y, dtype), (Ops.Multiply, (x, y) => x * y, dtype), (Ops.Maximum, Math.Max, dtype), (Ops.Minimum, Math.Min, dtype),
                    (Ops.SquaredDifference, (x, y) => (x - y) * (x - y), dtype), (Ops.Equal, (x, y) => x == y ? 1 : 0, DType.Bool), (Ops.Less, (x, y) => x < y ? 1 : 0, DType.Bool), (Ops.GreaterEqual, (x, y) => x >= y ? 1 : 0, DType.Bool),
                ];
            var (op, plain, result) = functions[random.Next(functions.Length)];
            Check(inputs => op(inputs[0], inputs[1]), NaiveArray.Build(common, i => plain(a[Narrow(i, a.Shape)], b[Narrow(i, b.Shape)])), result, a.ToTensor(dtype), b.ToTensor(dtype));
            var condition = NaiveArray.Random(random, Narrowed(), DType.Bool);
            var all = Common(condition.Shape, common);
            Check(
                inputs => Ops.Where(inputs[0], inputs[1], inputs[2]),
                NaiveArray.Build(all, i => condition[Narrow(i, condition.Shape)] != 0 ? a[Narrow(i, a.Shape)] : b[Narrow(i, b.Shape)]),
                dtype,
                condition.ToTensor(DType.Bool),
                a.ToTensor(dtype),
                b.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void Reshape() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            // Dimensions merged and parted at random keep the number of elements.
            var target = new List<int>();
            foreach (var dimension in shape)
            {
                if (target.Count > 0 && random.Next(2) == 0) target[^1] *= dimension;
                else if (dimension == 4 && random.Next(2) == 0) target.AddRange([2, 2]);
                else target.Add(dimension);
                if (random.Next(4) == 0) target.Add(1);
            }

            var expected = NaiveArray.Build([.. target], _ => 0);
            expected = NaiveArray.Build([.. target], i => x.At(expected.Place(i)));
            Check(inputs => Ops.Reshape(inputs[0], target.ToArray()), expected, dtype, x.ToTensor(dtype));
            if (target.Count == 0 || x.Size == 0) return;
            target[random.Next(target.Count)] = -1;
            Check(inputs => Ops.Reshape(inputs[0], target.ToArray()), expected, dtype, x.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void Transpose() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            int[] axes = [.. Enumerable.Range(0, shape.Length)];
            random.Shuffle(axes);
            var expected = NaiveArray.Build([.. axes.Select(axis => shape[axis])], i =>
            {
                var source = new int[i.Length];
                for (var j = 0; j < i.Length; j++) source[axes[j]] = i[j];
                return x[source];
            });
            Check(inputs => Ops.Transpose(inputs[0], axes), expected, dtype, x.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void ConcatAndSplit() => WithAnAxis.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var axis = random.Next(shape.Length);
            int[] sizes = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(0, 4))];
            NaiveArray[] parts = [.. sizes.Select(size => NaiveArray.Random(random, [.. shape[..axis], size, .. shape[(axis + 1)..]], dtype))];
            var whole = NaiveArray.Build([.. shape[..axis], sizes.Sum(), .. shape[(axis + 1)..]], i =>
            {
                var part = 0;
                int[] inside = [.. i];
                while (inside[axis] >= sizes[part]) inside[axis] -= sizes[part++];
                return parts[part][inside];
            });
            var named = random.Next(2) == 0 ? axis : axis - shape.Length;
            Check(inputs => Ops.Concat(inputs, named), whole, dtype, [.. parts.Select(part => part.ToTensor(dtype))]);
            for (var i = 0; i < parts.Length; i++) Check(inputs => Ops.Split(inputs[0], sizes, named)[i], parts[i], dtype, whole.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void StridedSlice() => WithAnAxis.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            var (indices, kept, fixedAt, result) = (new List<TensorIndex>(), new List<(int Axis, List<int> Positions)?>(), new int[shape.Length], new List<int>());
            for (var axis = 0; axis < shape.Length; axis++)
            {
                if (random.Next(5) == 0)
                {
                    indices.Add(TensorIndex.NewAxis);
                    kept.Add(null);
                    result.Add(1);
                }

                if (shape[axis] > 0 && random.Next(4) == 0)
                {
                    fixedAt[axis] = random.Next(shape[axis]);
                    indices.Add(random.Next(2) == 0 ? fixedAt[axis] : fixedAt[axis] - shape[axis]);
                    continue;
                }

                int? Bound() => random.Next(4) == 0 ? null : random.Next(-6, 7);
                var (start, stop, step) = (Bound(), Bound(), random.Next(3) == 0 ? -random.Next(1, 4) : random.Next(1, 4));
                indices.Add(TensorIndex.Slice(start, stop, step));
                var positions = PythonSlice(shape[axis], start, stop, step);
                kept.Add((axis, positions));
                result.Add(positions.Count);
            }

            var expected = NaiveArray.Build([.. result], i =>
            {
                int[] source = [.. fixedAt];
                for (var j = 0; j < i.Length; j++)
                {
                    if (kept[j] is var (axis, positions)) source[axis] = positions[i[j]];
                }

                return x[source];
            });
            Check(inputs => Ops.GetItem(inputs[0], [.. indices]), expected, dtype, x.ToTensor(dtype));
        },
        iter: 2 * Samples);

    [Fact]
    public void Pad() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            var mode = (PadMode)random.Next(3);
            var width = new int[shape.Length, 2];
            var result = new int[shape.Length];
            for (var axis = 0; axis < shape.Length; axis++)
            {
                var most = mode switch { PadMode.Constant => 3, PadMode.Reflect => Math.Max(0, shape[axis] - 1), _ => shape[axis] };
                (width[axis, 0], width[axis, 1]) = (random.Next(most + 1), random.Next(most + 1));
                result[axis] = shape[axis] + width[axis, 0] + width[axis, 1];
            }

            var expected = NaiveArray.Build(result, i =>
            {
                var source = new int[i.Length];
                for (var axis = 0; axis < i.Length; axis++)
                {
                    var (at, length) = (i[axis] - width[axis, 0], shape[axis]);
                    if (mode == PadMode.Constant && (at < 0 || at >= length)) return 1;
                    var mirror = mode == PadMode.Reflect ? 0 : 1;
                    source[axis] = at < 0 ? -at - mirror : at >= length ? (2 * length) - 2 + mirror - at : at;
                }

                return x[source];
            });
            Check(inputs => Ops.Pad(inputs[0], width, mode, mode == PadMode.Constant ? 1 : null), expected, dtype, x.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void Tile() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            int[] repeats = [.. shape.Select(_ => random.Next(0, 4))];
            var expected = NaiveArray.Build([.. shape.Zip(repeats, (dimension, times) => dimension * times)], i => x[i.Zip(shape, (at, dimension) => at % dimension).ToArray()]);
            Check(inputs => Ops.Tile(inputs[0], repeats), expected, dtype, x.ToTensor(dtype));
        },
        iter: Samples);

    [Fact]
    public void Gather() => WithAnAxis.Where(item => item.Shape.Length > 0).Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var axis = random.Next(shape.Length);
            if (shape[axis] == 0) return;
            var x = NaiveArray.Random(random, shape, dtype);
            var batch = random.Next(axis + 1);
            int[] places = [.. shape[..batch], .. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(1, 4))];
            var positions = NaiveArray.Build(places, _ => random.Next(shape[axis]));
            var own = places.Length - batch;
            var expected = NaiveArray.Build([.. shape[..axis], .. places[batch..], .. shape[(axis + 1)..]], i =>
                x[[.. i[..axis], (int)positions[[.. i[..batch], .. i[axis..(axis + own)]]], .. i[(axis + own)..]]]);
            foreach (var indexType in new[] { DType.Int32, DType.Int64 })
            {
                Check(inputs => Ops.Gather(inputs[0], inputs[1], axis, batch), expected, dtype, x.ToTensor(dtype), positions.ToTensor(indexType));
            }
        },
        iter: Samples);

    [Fact]
    public void Reductions() => Cases.Sample(
        (shape, dtype, seed) =>
        {
            var random = new Random(seed);
            var x = NaiveArray.Random(random, shape, dtype);
            var reduced = shape.Select(_ => random.Next(2) == 0).ToArray();
            int[] axes = [.. Enumerable.Range(0, shape.Length).Where(axis => reduced[axis])];
            var keep = random.Next(2) == 0;
            var count = axes.Aggregate(1, (product, axis) => product * shape[axis]);
            NaiveArray Reduce(Func<IEnumerable<double>, double> plain)
            {
                int[] wide = [.. shape.Select((dimension, axis) => reduced[axis] ? 1 : dimension)];
                var result = NaiveArray.Build(wide, i => plain(NaiveArray.Indices([.. axes.Select(axis => shape[axis])]).Select(inner =>
                {
                    int[] source = [.. i];
                    for (var j = 0; j < inner.Length; j++) source[axes[j]] = inner[j];
                    return x[source];
                })));
                return keep ? result : NaiveArray.Build([.. shape.Where((_, axis) => !reduced[axis])], i =>
                {
                    var (source, next) = (new int[shape.Length], 0);
                    for (var axis = 0; axis < source.Length; axis++) source[axis] = reduced[axis] ? 0 : i[next++];
                    return result[source];
                });
            }

            // No axes at all would mean every axis.
            if (axes.Length == 0) return;
            var tensor = x.ToTensor(dtype);
            if (dtype == DType.Bool)
            {
                Check(inputs => Ops.Any(inputs[0], axes, keep), Reduce(items => items.Any(item => item != 0) ? 1 : 0), dtype, tensor);
                Check(inputs => Ops.All(inputs[0], axes, keep), Reduce(items => items.All(item => item != 0) ? 1 : 0), dtype, tensor);
                return;
            }

            Check(inputs => Ops.Sum(inputs[0], axes, keep), Reduce(items => items.Sum()), dtype, tensor);
            Check(inputs => Ops.Prod(Ops.Sign(inputs[0]), axes, keep), Reduce(items => items.Aggregate(1.0, (product, item) => product * Math.Sign(item))), dtype, tensor);
            if (count == 0) return;
            Check(inputs => Ops.Max(inputs[0], axes, keep), Reduce(items => items.Max()), dtype, tensor);
            Check(inputs => Ops.Min(inputs[0], axes, keep), Reduce(items => items.Min()), dtype, tensor);
            // A power of two divides exactly.
            if (dtype.IsFloating && int.IsPow2(count)) Check(inputs => Ops.Mean(inputs[0], axes, keep), Reduce(items => items.Average()), dtype, tensor);
            if (axes.Length == 1 && !keep) Check(inputs => Ops.ArgMax(inputs[0], axes[0]), Reduce(items => items.ToList() is var list ? list.IndexOf(list.Max()) : 0), DType.Int32, tensor);
        },
        iter: Samples);

    // What Python's x[start:stop:step] takes of a length.
    static List<int> PythonSlice(int length, int? start, int? stop, int step)
    {
        var positions = new List<int>();
        int Wrapped(int bound) => bound < 0 ? bound + length : bound;
        if (step > 0)
        {
            for (var i = Math.Max(0, Wrapped(start ?? 0)); i < Math.Min(length, stop is { } end ? Wrapped(end) : length); i += step) positions.Add(i);
        }
        else
        {
            for (var i = Math.Min(length - 1, start is { } begin ? Wrapped(begin) : length - 1); i > Math.Max(-1, stop is { } end ? Wrapped(end) : -1); i += step) positions.Add(i);
        }

        return positions;
    }

    static int[] Common(int[] a, int[] b)
    {
        var common = new int[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= common.Length; i++)
        {
            var (x, y) = (i <= a.Length ? a[^i] : 1, i <= b.Length ? b[^i] : 1);
            common[^i] = x == 1 ? y : x;
        }

        return common;
    }

    static int[] Narrow(int[] index, int[] shape)
    {
        int[] narrow = [.. index[(index.Length - shape.Length)..]];
        for (var i = 0; i < narrow.Length; i++)
        {
            if (shape[i] == 1) narrow[i] = 0;
        }

        return narrow;
    }

    static void Check(Func<Tensor[], Tensor> operation, NaiveArray expected, DType dtype, params Tensor[] inputs)
    {
        var what = string.Join(", ", inputs.Select(input => input.Spec));
        expected.RequireEqual(operation(inputs), dtype, what);
        var options = new FunctionOptions { InputSignature = [.. inputs.Select(input => input.Spec with { Shape = new Shape([.. Enumerable.Repeat(Shape.Unknown, input.Rank)]) })] };
        Shape? inferred = null;
        var function = Function.Of(
            (Nest nest) =>
            {
                var result = operation([.. nest.Flatten()]);
                inferred = result.Shape;
                return result;
            },
            options);
        expected.RequireEqual(function.Apply((Nest)inputs), dtype, $"{what}, traced");
        Assert.True(inferred!.IsCompatibleWith(new Shape(expected.Shape)), $"{what}: inferred {inferred}, got {new Shape(expected.Shape)}");
    }
}
