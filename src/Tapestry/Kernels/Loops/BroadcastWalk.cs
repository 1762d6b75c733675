using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Loops;

/// <summary>A position in a broadcast result that advances row by row and keeps the operands' offsets.</summary>
unsafe struct BroadcastWalk
{
    Coordinates coordinates;

    public BroadcastWalk(in BroadcastPlan plan, nint position)
    {
        for (var d = 0; d < plan.Rank; d++)
        {
            var coordinate = position % plan.Extent(d);
            position /= plan.Extent(d);
            coordinates[d] = coordinate;
            OffsetA += coordinate * plan.Stride(0, d);
            OffsetB += coordinate * plan.Stride(1, d);
            OffsetC += coordinate * plan.Stride(2, d);
        }
    }

    public nint OffsetA { get; private set; }

    public nint OffsetB { get; private set; }

    public nint OffsetC { get; private set; }

    /// <summary>Elements left in the current row.</summary>
    public readonly nint Rest(in BroadcastPlan plan) => plan.Inner - coordinates[0];

    public readonly nint Offset(int operand) => operand == 0 ? OffsetA : operand == 1 ? OffsetB : OffsetC;

    /// <summary>Advances by no more than the rest of the row.</summary>
    public void Advance(in BroadcastPlan plan, nint count)
    {
        for (var d = 0; d < plan.Rank; d++)
        {
            coordinates[d] += count;
            OffsetA += count * plan.Stride(0, d);
            OffsetB += count * plan.Stride(1, d);
            OffsetC += count * plan.Stride(2, d);
            if (coordinates[d] < plan.Extent(d)) return;
            var extent = plan.Extent(d);
            coordinates[d] = 0;
            OffsetA -= extent * plan.Stride(0, d);
            OffsetB -= extent * plan.Stride(1, d);
            OffsetC -= extent * plan.Stride(2, d);
            count = 1;
        }
    }

    [InlineArray(BroadcastPlan.MaximumRank)]
    struct Coordinates
    {
        nint first;
    }
}
