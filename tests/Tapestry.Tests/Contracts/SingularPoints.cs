using Tapestry.Tests.Contracts.Operations;

namespace Tapestry.Tests.Contracts;

/// <summary>
/// Gradients where the derivative is infinite or does not exist: they are TensorFlow's, which are what the formula gives in IEEE arithmetic, and the row
/// states them. A gradient that is no finite number although the value is one must be stated.
/// </summary>
static class SingularPoints
{
    static readonly double[] Tried = [0, -0.0, 1, -1, 0.5];

    internal static void Match(OpRow row)
    {
        var inputs = row.Inputs.Length;
        if (row.Gradient != OpGradient.SecondOrder || row.Sources.Length != inputs || !IsFunctionOfNumbers(row.Op.GetType())) return;
        double[][] points = inputs == 1 ? [.. Tried.Select(x => (double[])[x])] : [.. Tried.SelectMany(x => Tried.Select(y => (double[])[x, y]))];
        var (values, gradients) = Derive(row.Op, points, DType.Float64);
        for (var i = 0; i < points.Length; i++)
        {
            if (!double.IsFinite(values[i]) || gradients[i].All(double.IsFinite)) continue;
            Assert.True(row.Singular.Any(stated => stated.At.SequenceEqual(points[i], Bits)), $"{row}: at ({string.Join(", ", points[i])}) the value is {values[i]}, the gradient ({string.Join(", ", gradients[i])}). If that is meant, state it: Singular = [([…], […])].");
        }

        if (row.Singular.Length == 0) return;
        foreach (var dtype in new[] { DType.Float64, DType.Float32 })
        {
            var actual = Derive(row.Op, [.. row.Singular.Select(stated => stated.At)], dtype).Gradients;
            for (var i = 0; i < actual.Length; i++) Assert.Equal(row.Singular[i].Gradients, actual[i]);
        }
    }

    // Values and gradients of all points at once, which a compiled function must repeat.
    static (double[] Values, double[][] Gradients) Derive(Op op, double[][] points, DType dtype)
    {
        Tensor[] inputs = [.. Enumerable.Range(0, points[0].Length).Select(input => Ops.Cast(points.Select(point => point[input]).ToArray(), dtype))];
        Nest Both(IReadOnlyList<Tensor> own)
        {
            using var tape = new GradientTape();
            foreach (var input in own) tape.Watch(input);
            var output = op.Apply([.. own]);
            return Nest.List([output, .. tape.Gradients([output], [.. own], null, UnconnectedGradients.Zero).Select(gradient => (Nest)gradient!)]);
        }

        var results = Both(inputs).Flatten();
        var compiled = Function.Of((Nest own) => Both(own.Flatten())).Apply((Nest)inputs).Flatten();
        double[][] numbers = [.. results.Select(result => Ops.Cast(result, DType.Float64).ToArray<double>())];
        for (var i = 0; i < numbers.Length; i++) Assert.Equal(numbers[i], Ops.Cast(compiled[i], DType.Float64).ToArray<double>());
        return (numbers[0], [.. points.Select((_, i) => numbers[1..].Select(gradient => gradient[i]).ToArray())]);
    }

    static bool IsFunctionOfNumbers(Type type) => type.BaseType is { IsGenericType: true } family && (family.GetGenericTypeDefinition() == typeof(UnaryOp<>) || family.GetGenericTypeDefinition() == typeof(BinaryOp<>));

    static readonly EqualityComparer<double> Bits = EqualityComparer<double>.Create((x, y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y));
}
