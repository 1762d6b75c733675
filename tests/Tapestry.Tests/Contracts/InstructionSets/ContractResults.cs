namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>What the operations of the contract give, as numbers: for the inputs of the rows and for longer ones, in float64 and in float32.</summary>
static class ContractResults
{
    // Long enough for whole vectors of every width, and a rest.
    const int Repetitions = 23;

    internal static IEnumerable<ContractResult> Compute()
    {
        foreach (var row in OpContract.Rows)
        {
            yield return Result(row.ToString(), row.Op, row.Inputs);
            if (!row.Inputs.Any(input => input.DType == DType.Float64) || row.Op is CastOp or FillLikeOp or StatelessRandomOp) continue;
            Tensor[] single = [.. row.Inputs.Select(input => input.DType == DType.Float64 ? Ops.Cast(input, DType.Float32) : input)];
            yield return Result($"{row} in float32", row.Op, single);
            if (!IsElementwise(row.Op)) continue;
            yield return Result($"{row} repeated", row.Op, [.. row.Inputs.Select(Longer)]);
            yield return Result($"{row} repeated in float32", row.Op, [.. single.Select(Longer)]);
        }
    }

    // Tiling the last dimension fits every input of an elementwise operation, as broadcasting goes by the last dimension.
    static Tensor Longer(Tensor tensor) => tensor.Shape[^1] == 1 ? tensor : Ops.Tile(tensor, [.. Enumerable.Repeat(1, tensor.Rank - 1), Repetitions]);

    static bool IsElementwise(Op op)
    {
        for (var type = op.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(UnaryOp<>) || definition == typeof(BinaryOp<>))) return true;
        }

        return false;
    }

    // What sums takes the order that suits the width; functions of single elements give the same bits everywhere.
    static ContractResult Result(string name, Op op, Tensor[] inputs)
    {
        var outputs = op.ApplyAll(inputs);
        var tolerance = IsElementwise(op) ? 0 : outputs.Any(output => output.DType == DType.Float32 || output.DType == DType.Complex64) ? 1e-6 : 1e-14;
        return new ContractResult(name, tolerance, [.. outputs.SelectMany(Numbers)]);
    }

    internal static IEnumerable<double> Numbers(Tensor tensor) => tensor.DType.IsComplex
        ? Numbers(Ops.Real(tensor)).Concat(Numbers(Ops.Imag(tensor)))
        : Ops.Cast(tensor, DType.Float64).ToArray<double>();
}

/// <summary>The results of one operation.</summary>
/// <param name="Name">The row and its variant.</param>
/// <param name="Tolerance">How far results may be apart, relative to the larger of 1 and themselves.</param>
/// <param name="Values">All elements of all outputs.</param>
sealed record ContractResult(string Name, double Tolerance, double[] Values)
{
    /// <summary>Name and bits, in one line.</summary>
    public override string ToString() => $"{Name}\t{string.Join(' ', Values.Select(value => BitConverter.DoubleToInt64Bits(value).ToString("x")))}";
}
