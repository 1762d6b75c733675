using System.Numerics;
using Tapestry.Tests.Contracts.Operations;

namespace Tapestry.Tests.Contracts;

/// <summary>Compares an elementwise operation with a function of <see cref="double"/>, in both precisions: at the edges of the numbers and at a thousand points between them.</summary>
static class OpReference
{
    const int Points = 1000;

    // The last two are the smallest number and a subnormal one of each precision.
    static readonly double[] Edges =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, 3.7, -2.25, 1e-3, 1e10, -1e10, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    static readonly double[] DoubleEdges = [.. Edges, double.MaxValue, double.MinValue, 1e200, -1e-200, double.Epsilon, -double.Epsilon, 1e-310, -1e-310];

    static readonly double[] SingleEdges = [.. Edges, float.MaxValue, float.MinValue, 1e30f, -1e-30f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f];

    /// <summary>Values within the units of the row, NaN where NaN, infinities and zeros with their sign.</summary>
    internal static void Matches(OpRow row)
    {
        if (row.Reference is null && row.ReferenceOfTwo is null) return;
        var (first, second) = Grid(DoubleEdges, row.Inputs.Length, value => value);
        Compare(row, DType.Float64, first, second, Apply(row, first, second).ToArray<double>(), Kernels.Simd.Reference.Units, row.Units.Double);
        (first, second) = Grid(SingleEdges, row.Inputs.Length, value => (float)value);
        Compare(row, DType.Float32, first, second, Apply(row, Ops.Cast(first, DType.Float32), Ops.Cast(second, DType.Float32)).ToArray<float>(), Kernels.Simd.Reference.Units, row.Units.Single);
    }

    static Tensor Apply(OpRow row, Tensor first, Tensor second) => row.Inputs.Length == 1 ? row.Op.Apply(first) : row.Op.Apply(first, second);

    static void Compare<T>(OpRow row, DType dtype, double[] first, double[] second, T[] actual, Func<T, double, double> measure, double bound)
        where T : INumber<T>
    {
        var (worst, report) = (0.0, "");
        for (var i = 0; i < actual.Length; i++)
        {
            var expected = row.ReferenceOfTwo is { } ofTwo ? ofTwo(first[i], second[i]) : row.Reference!(first[i]);
            var units = measure(actual[i], expected);
            if (expected == 0 && T.IsNegative(actual[i]) != double.IsNegative(expected)) units = double.PositiveInfinity;
            if (units <= worst) continue;
            worst = units;
            report = FormattableString.Invariant($"{row.Op.Name}({first[i]:R}{(row.Inputs.Length == 1 ? "" : FormattableString.Invariant($", {second[i]:R}"))}) of {dtype} is {expected:R}, got {actual[i]}: {units:G3} units in the last place, {bound} allowed");
        }

        Assert.True(worst <= bound, report);
    }

    // Every pair of edges, then numbers of every size and of the usual ones, of both signs.
    static (double[] First, double[] Second) Grid(double[] edges, int inputs, Func<double, double> round)
    {
        var pairs = inputs == 1 ? edges.Select(x => (x, 0.0)) : edges.SelectMany(x => edges.Select(y => (x, y)));
        var random = new Random(7);
        var largest = Math.Log2(Array.ConvertAll(edges, Math.Abs).Where(double.IsFinite).Max());
        double Draw(int i) => round((i % 3) switch
        {
            0 => (random.NextDouble() * 20) - 10,
            1 => (random.NextDouble() * 2) - 1,
            _ => (random.Next(2) == 0 ? 1 : -1) * Math.Pow(2, ((random.NextDouble() * 2) - 1) * largest),
        });
        (double X, double Y)[] all = [.. pairs.Select(pair => (round(pair.Item1), round(pair.Item2))), .. Enumerable.Range(0, Points).Select(i => (Draw(i), Draw(i / 3)))];
        return ([.. all.Select(pair => pair.X)], [.. all.Select(pair => pair.Y)]);
    }
}
