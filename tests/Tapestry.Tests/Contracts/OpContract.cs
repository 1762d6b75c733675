using Tapestry.Compiler;
using Tapestry.Tests.Contracts.Operations;
using Tapestry.Tests.Operations.Nn;

namespace Tapestry.Tests.Contracts;

/// <summary>What every operation keeps, for one line an operation in the rows beside it.</summary>
static class OpContract
{
    static OpContract() => Pipeline.VerifiesEachPass = true;

    /// <summary>All rows.</summary>
    internal static IReadOnlyList<OpRow> Rows { get; } = [.. MathRows.All, .. ArrayRows.All, .. NnRows.All];

    /// <summary>Traced, with all dimensions known and with the first ones unknown, it infers what comes out and gives the same bits as eagerly.</summary>
    internal static void CompilesToTheSame(OpRow row)
    {
        var expected = row.Op.ApplyAll(row.Inputs);
        foreach (var unknown in row.LeadingMayBeUnknown ? new[] { false, true } : [false])
        {
            var inferred = new List<TensorSpec>();
            var function = Function.Of(
                (Nest inputs) =>
                {
                    var outputs = row.Op.ApplyAll([.. inputs.Flatten()]);
                    inferred.AddRange(outputs.Select(output => output.Spec));
                    return (Nest)outputs;
                },
                Signature(row, unknown));
            var actual = function.Apply((Nest)row.Inputs).Flatten();
            Same(row, expected, actual);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].DType, inferred[i].DType);
                Assert.True(inferred[i].Shape.IsCompatibleWith(expected[i].Shape), $"{row}: inferred {inferred[i]}, got {expected[i].Spec}");
                if (!unknown && !row.Op.HasDynamicShape) Assert.Equal(expected[i].Shape, inferred[i].Shape);
            }
        }
    }

    /// <summary>An elementwise operation gives the same bits within a loop that the compiler fuses, in both precisions.</summary>
    internal static void FusesToTheSame(OpRow row)
    {
        foreach (var dtype in (DType[])[DType.Float64, DType.Float32])
        {
            Tensor[] inputs = [.. row.Inputs.Select(input => input.DType == DType.Float64 ? Ops.Cast(input, dtype) : input)];
            if (!inputs.Any(input => input.DType == dtype) || !row.Op.IsElementwise(inputs)) return;
            Nest Surrounded(IReadOnlyList<Tensor> own)
            {
                var output = row.Op.Apply([.. own.Select(input => input.DType == dtype ? -input : input)]);
                return output.DType == DType.Bool ? Ops.Where(output, own.First(input => input.DType == dtype), 2.0) : output * 2.0;
            }

            var actual = Function.Of((Nest own) => Surrounded(own.Flatten())).Apply((Nest)inputs).Flatten();
            Same(row, [.. Surrounded(inputs).Flatten()], actual);
        }
    }

    /// <summary>It does not matter whether an input is needed afterwards, or may be written over.</summary>
    internal static void WorksInPlace(OpRow row)
    {
        var expected = row.Op.ApplyAll(row.Inputs);
        // Two turns give every input and output memory inside the function, which nobody needs afterwards.
        static Tensor Turned(Tensor tensor) => tensor.Rank == 0 ? tensor : Ops.Roll(Ops.Roll(tensor, 1, 0), -1, 0);
        var function = Function.Of((Nest inputs) => (Nest)row.Op.ApplyAll([.. inputs.Flatten().Select(Turned)]).Select(Turned).ToArray());
        Same(row, expected, function.Apply((Nest)row.Inputs).Flatten());
    }

    /// <summary>First and second derivatives are those of difference quotients.</summary>
    internal static void HasItsDerivatives(OpRow row)
    {
        if (row.Gradient == OpGradient.SecondOrder && row.Sources.Length > 0) FiniteDifferences.Check(sources => Flat(row.Op.ApplyAll(With(row, sources))), Sources(row));
        else if (row.Gradient == OpGradient.Linear) IsAdjoint(row);
    }

    /// <summary>The gradient works where the first dimensions are unknown while tracing.</summary>
    internal static void HasAGradientWithUnknownDimensions(OpRow row)
    {
        Nest Gradients(IReadOnlyList<Tensor> inputs)
        {
            using var tape = new GradientTape();
            Tensor[] own = [.. inputs];
            foreach (var i in row.Sources) tape.Watch(own[i] = Ops.Identity(own[i]));
            var outputs = row.Op.ApplyAll(own).Where(output => output.DType == DType.Float64).Select(output => Ops.SumToShapeOf(Ops.Sin(output), Ops.Constant(0.0))).ToArray();
            if (outputs.Length == 0) return Nest.List([]);
            var target = outputs.Aggregate((a, b) => a + b);
            return Nest.List(tape.Gradients([target], [.. row.Sources.Select(i => own[i])], null, UnconnectedGradients.Zero).Select(gradient => (Nest)gradient!));
        }

        if (row.Gradient != OpGradient.SecondOrder || !row.LeadingMayBeUnknown) return;
        var function = Function.Of((Nest inputs) => Gradients(inputs.Flatten()), Signature(row, unknown: true));
        var (expected, actual) = (Gradients(row.Inputs).Flatten(), function.Apply((Nest)row.Inputs).Flatten());
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            foreach (var (x, y) in expected[i].ToArray<double>().Zip(actual[i].ToArray<double>())) Assert.Equal(x, y, 1e-12);
        }
    }

    /// <summary>The gradient reads nothing but what the operation says that it saves.</summary>
    internal static void SavesWhatItsGradientReads(OpRow row)
    {
        var outputs = row.Op.ApplyAll(row.Inputs);
        var sources = row.Sources;
        if (sources.Length == 0 || row.Gradient == OpGradient.None || !outputs.Any(output => output.DType == DType.Float64)) return;
        Tensor?[] Derive(Tensor[] inputs, Tensor[] results)
        {
            var context = new GradientContext(inputs, results, [.. outputs.Select(output => output.DType == DType.Float64 ? Ops.Cos(output) : null)], [.. Enumerable.Range(0, inputs.Length).Select(i => sources.Contains(i))]);
            row.Op.Gradient(context);
            return [.. sources.Select(context.Result)];
        }

        var expected = Derive(row.Inputs, outputs);
        var actual = Derive([.. row.Inputs.Select((input, i) => row.Op.SavesInput(i) ? input : Hollow(input))], [.. outputs.Select((output, i) => row.Op.SavesOutput(i) ? output : Hollow(output))]);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i]?.ToArray<double>(), actual[i]?.ToArray<double>());
    }

    static Tensor Hollow(Tensor tensor) => new(tensor.DType, tensor.Shape, null, 0, null);

    static void IsAdjoint(OpRow row)
    {
        var x = row.Inputs[0];
        using var tape = new GradientTape();
        tape.Watch(x);
        var y = row.Op.ApplyAll(row.Inputs)[0];
        var g = Ops.Cast(OpValues.Between(9, -1, 1, y.Shape.ToArray()), y.DType);
        var back = tape.Gradient(y, x, outputGradients: g)!;
        Assert.Equal(Product(y, g), Product(x, back), 1e-5);
    }

    static double Product(Tensor a, Tensor b) => Ops.Cast(a, DType.Float64).ToArray<double>().Zip(Ops.Cast(b, DType.Float64).ToArray<double>()).Sum(pair => pair.First * pair.Second);

    static FunctionOptions Signature(OpRow row, bool unknown) => new()
    {
        InputSignature = [.. row.Inputs.Select(input => unknown && input.Rank > 0 ? input.Spec with { Shape = new Shape([Shape.Unknown, .. input.Shape.Dimensions[1..]]) } : input.Spec)],
    };

    static Tensor[] Sources(OpRow row) => [.. row.Sources.Select(i => row.Inputs[i])];

    static Tensor[] With(OpRow row, Tensor[] sources)
    {
        Tensor[] inputs = [.. row.Inputs];
        for (var i = 0; i < sources.Length; i++) inputs[row.Sources[i]] = sources[i];
        return inputs;
    }

    // Outputs that are no float64 have no derivative, and count as nothing.
    static Tensor Flat(Tensor[] outputs) => Ops.Concat([Ops.Zeros([1], DType.Float64), .. outputs.Where(output => output.DType == DType.Float64).Select(output => Ops.Reshape(output, [-1]))], 0);

    static void Same(OpRow row, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Spec.ToString(), actual[i].Spec.ToString());
            Assert.True(expected[i].Bytes.SequenceEqual(actual[i].Bytes), $"{row}: output {i} is {actual[i]}, expected {expected[i]}");
        }
    }
}
