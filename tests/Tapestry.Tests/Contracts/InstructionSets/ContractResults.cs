namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>What the operations of the contract give, as numbers: for the inputs of the rows and for longer ones, in float64 and in float32.</summary>
static class ContractResults
{
    // Long enough for whole vectors of every width, and a rest.
    const int Repetitions = 23;

    internal static IEnumerable<(string Name, double[] Values)> Compute()
    {
        foreach (var row in OpContract.Rows)
        {
            yield return (row.ToString(), Values(row.Op, row.Inputs));
            if (!row.Inputs.Any(input => input.DType == DType.Float64) || row.Op is CastOp or FillLikeOp or StatelessRandomOp) continue;
            Tensor[] single = [.. row.Inputs.Select(input => input.DType == DType.Float64 ? Ops.Cast(input, DType.Float32) : input)];
            yield return ($"{row} in float32", Values(row.Op, single));
            if (!IsElementwise(row.Op)) continue;
            yield return ($"{row} repeated", Values(row.Op, [.. row.Inputs.Select(Longer)]));
            yield return ($"{row} repeated in float32", Values(row.Op, [.. single.Select(Longer)]));
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

    static double[] Values(Op op, Tensor[] inputs) =>
    [
        .. op.ApplyAll(inputs).SelectMany(output => output.DType.IsComplex
            ? output.ToArray<System.Numerics.Complex>().SelectMany(value => new[] { value.Real, value.Imaginary })
            : Ops.Cast(output, DType.Float64).ToArray<double>()),
    ];
}
