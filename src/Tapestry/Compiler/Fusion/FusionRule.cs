using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>Which operations a fused loop can take for given dtypes and shapes; the others keep kernels of their own, and <c>Describe</c> says why.</summary>
static class FusionRule
{
    /// <summary>How many leading dimensions are rows for a reduction over these axes; null where a loop over rows cannot reduce so.</summary>
    /// <param name="axes">One bit for each dimension that goes away.</param>
    /// <param name="shape">The shape of what is reduced.</param>
    // Reductions over trailing dimensions are of rows, over leading ones of columns; others are left to their own kernels.
    internal static int? RowRankOf(uint axes, ReadOnlySpan<int> shape)
    {
        if (SplitOf(axes, shape.Length) is not { } split) return null;
        var columns = ColumnsOf(shape, split);
        return columns > 1 && columns <= RowProgram.MostColumns ? split : null;
    }

    /// <summary>Why an operation that maps or reduces elements has a kernel of its own; null where it could be part of a loop, or does something else.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="inputs">What it is applied to, with known shapes.</param>
    /// <param name="output">What it gives.</param>
    internal static string? WhyAlone(Op op, Tensor[] inputs, Tensor output)
    {
        var reduces = op.Reduction([.. inputs.Select(InFloat32)], output.Spec) is not null;
        if (!op.IsCheap && !reduces) return null;
        if (output.Size == 0 || inputs.Any(input => input.Size == 0)) return "there are no elements";
        if (!reduces) return op.IsElementwise(inputs) ? null : WhyNoLanes([.. inputs, output]);
        return op.Reduction(inputs, output.Spec) is { } reduction ? WhyNoRows(reduction.Axes, inputs[0].Shape.Dimensions) : WhyNoLanes([.. inputs, output]);
    }

    static string WhyNoLanes(Tensor[] operands) => operands.Select(operand => operand.DType).FirstOrDefault(dtype => dtype != DType.Bool && FusableLanes.Of(dtype) is null) is { } other
        ? $"loops are for float32, float64, int32, int64 and bool, not for {other}"
        : operands.All(operand => operand.DType == DType.Bool) ? "loops do not take truth values as numbers" : "a loop has elements of one dtype beside bool";

    static string? WhyNoRows(uint axes, ReadOnlySpan<int> shape)
    {
        if (axes == 0) return "no dimension is reduced";
        if (SplitOf(axes, shape.Length) is not { } split) return "it reduces dimensions in the middle";
        var columns = ColumnsOf(shape, split);
        if (columns == 1) return "its rows have one element";
        return columns > RowProgram.MostColumns ? $"its rows have more than {RowProgram.MostColumns} elements" : null;
    }

    static int? SplitOf(uint axes, int rank)
    {
        var count = int.PopCount((int)axes);
        if (count == 0) return null;
        return axes == ((1u << count) - 1) << (rank - count) ? rank - count : axes == (1u << count) - 1 ? count : null;
    }

    static long ColumnsOf(ReadOnlySpan<int> shape, int split)
    {
        long columns = 1;
        foreach (var extent in shape[split..]) columns *= extent;
        return columns;
    }

    static Tensor InFloat32(Tensor tensor) => new(DType.Float32, tensor.Shape, null, 0, null);
}
