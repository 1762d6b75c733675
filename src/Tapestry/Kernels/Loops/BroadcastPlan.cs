using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Broadcasting of up to three operands by NumPy's rules, with neighbouring dimensions joined where all operands treat them alike.
/// Dimension 0 is the innermost. In each dimension an operand either advances or repeats, so a row of the innermost dimension is
/// consecutive elements or one element.
/// </summary>
unsafe struct BroadcastPlan
{
    public const int MaximumRank = 8;
    public const int MaximumOperands = 3;

    Extents extents;
    Strides strides;

    public int Rank { get; private set; }

    /// <summary>Elements of the result.</summary>
    public nint Count { get; private set; }

    /// <summary>Elements of a row.</summary>
    public readonly nint Inner => extents[0];

    public readonly nint Extent(int dimension) => extents[dimension];

    public readonly nint Stride(int operand, int dimension) => strides[operand * MaximumRank + dimension];

    public readonly bool Advances(int operand) => Stride(operand, 0) != 0;

    /// <summary>Whether the operand has the shape of the result.</summary>
    public readonly bool IsWhole(int operand)
    {
        nint expected = 1;
        for (var d = 0; d < Rank; d++)
        {
            if (Stride(operand, d) != expected) return false;
            expected *= extents[d];
        }
        return true;
    }

    public readonly bool IsScalar(int operand)
    {
        for (var d = 0; d < Rank; d++) if (Stride(operand, d) != 0) return false;
        return true;
    }

    public static BroadcastPlan Create(ReadOnlySpan<int> a, ReadOnlySpan<int> b) => Create(a, b, default, 2);

    public static BroadcastPlan Create(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c) => Create(a, b, c, 3);

    static BroadcastPlan Create(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c, int operands)
    {
        var plan = new BroadcastPlan { Count = 1 };
        var rank = Math.Max(a.Length, Math.Max(b.Length, c.Length));
        nint sizeA = 1, sizeB = 1, sizeC = 1;
        var previous = -1;
        for (var fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            int extentA = From(a, fromEnd), extentB = From(b, fromEnd), extentC = From(c, fromEnd);
            var extent = extentA != 1 ? extentA : extentB != 1 ? extentB : extentC;
            Debug.Assert((extentA == extent || extentA == 1) && (extentB == extent || extentB == 1) && (extentC == extent || extentC == 1), "The operands' shapes do not broadcast.");
            plan.Count *= extent;
            if (extent == 1) continue;
            var repeats = (extentA == 1 ? 1 : 0) | (extentB == 1 ? 2 : 0) | (extentC == 1 ? 4 : 0);
            if (repeats == previous)
            {
                plan.extents[plan.Rank - 1] *= extent;
            }
            else
            {
                var d = plan.Rank++;
                plan.extents[d] = extent;
                plan.strides[d] = extentA == 1 ? 0 : sizeA;
                plan.strides[MaximumRank + d] = extentB == 1 ? 0 : sizeB;
                plan.strides[2 * MaximumRank + d] = extentC == 1 ? 0 : sizeC;
                previous = repeats;
            }
            sizeA *= extentA;
            sizeB *= extentB;
            sizeC *= extentC;
        }
        if (plan.Rank == 0)
        {
            // One element: everything is a row of one.
            plan.Rank = 1;
            plan.extents[0] = 1;
            for (var k = 0; k < operands; k++) plan.strides[k * MaximumRank] = 1;
        }
        return plan;
    }

    static int From(ReadOnlySpan<int> shape, int fromEnd) => fromEnd <= shape.Length ? shape[^fromEnd] : 1;

    [InlineArray(MaximumRank)]
    struct Extents
    {
        nint first;
    }

    [InlineArray(MaximumRank * MaximumOperands)]
    struct Strides
    {
        nint first;
    }
}
