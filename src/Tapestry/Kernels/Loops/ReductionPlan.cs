using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Which dimensions a reduction keeps and which it removes, with neighbours of the same fate joined. The innermost dimension stands apart: it is
/// either reduced (rows are folded) or kept (rows are combined column by column).
/// </summary>
unsafe struct ReductionPlan
{
    public const int MaximumRank = 8;

    Dimensions kept;
    Dimensions reduced;
    int keptRank;
    int reducedRank;

    /// <summary>Elements of the innermost dimension.</summary>
    public nint Inner { get; private set; }

    public bool InnerIsReduced { get; private set; }

    /// <summary>Rows that are kept: the product of the kept dimensions except an innermost one.</summary>
    public nint KeptRows { get; private set; }

    /// <summary>Rows joined into each kept one.</summary>
    public nint ReducedRows { get; private set; }

    /// <summary>Elements of the result.</summary>
    public readonly nint ResultCount => InnerIsReduced ? KeptRows : KeptRows * Inner;

    /// <summary>Bit d of the mask: dimension d is reduced.</summary>
    public static ReductionPlan Create(ReadOnlySpan<int> shape, uint reducedMask)
    {
        Debug.Assert(shape.Length <= 32, "A tensor has at most 32 dimensions.");
        var plan = new ReductionPlan { Inner = 1, KeptRows = 1, ReducedRows = 1 };
        nint stride = 1;
        var innermost = true;
        var previous = -1;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] == 1) continue;
            var isReduced = (int)(reducedMask >> d & 1);
            if (innermost && (previous < 0 || previous == isReduced))
            {
                plan.Inner *= shape[d];
                plan.InnerIsReduced = isReduced == 1;
            }
            else
            {
                innermost = false;
                if (isReduced == 1) Push(ref plan.reduced, ref plan.reducedRank, shape[d], stride, previous == 1);
                else Push(ref plan.kept, ref plan.keptRank, shape[d], stride, previous == 0);
                if (isReduced == 1) plan.ReducedRows *= shape[d];
                else plan.KeptRows *= shape[d];
            }
            previous = isReduced;
            stride *= shape[d];
        }
        return plan;
    }

    public static ReductionPlan Create(nint outer, nint reduce, nint inner)
    {
        var plan = new ReductionPlan { Inner = inner == 1 ? reduce : inner, InnerIsReduced = inner == 1, KeptRows = outer, ReducedRows = inner == 1 ? 1 : reduce };
        Push(ref plan.kept, ref plan.keptRank, outer, reduce * inner, false);
        if (inner != 1) Push(ref plan.reduced, ref plan.reducedRank, reduce, inner, false);
        return plan;
    }

    /// <summary>Where a kept row starts.</summary>
    public readonly nint KeptOffset(nint row) => Offset(kept, keptRank, row);

    /// <summary>How far a reduced row is from the first.</summary>
    public readonly nint ReducedOffset(nint row) => Offset(reduced, reducedRank, row);

    static void Push(ref Dimensions dimensions, ref int rank, nint extent, nint stride, bool joins)
    {
        if (joins)
        {
            dimensions[2 * rank - 2] *= extent;
            return;
        }
        dimensions[2 * rank] = extent;
        dimensions[2 * rank + 1] = stride;
        rank++;
    }

    static nint Offset(in Dimensions dimensions, int rank, nint row)
    {
        if (rank == 1) return row * dimensions[1];
        nint offset = 0;
        for (var d = 0; d < rank; d++)
        {
            var extent = dimensions[2 * d];
            offset += row % extent * dimensions[2 * d + 1];
            row /= extent;
        }
        return offset;
    }

    [InlineArray(2 * MaximumRank)]
    struct Dimensions
    {
        nint first;
    }
}
