using static Tapestry.Tests.Contracts.Operations.OpValues;

namespace Tapestry.Tests.Contracts.Operations;

/// <summary>Shapes, slices, gathering and scattering, creation.</summary>
static class ArrayRows
{
    static readonly ValueList<SliceRange> Slice = [new SliceRange(1, false, null, false, 2, false), new SliceRange(1, true, null, false, -2, false)];

    internal static IEnumerable<OpRow> All =>
    [
        new(new IdentityOp(), X(3, 4)),
        new(new StopGradientOp(), X(3, 4)) { Gradient = OpGradient.None },
        new(AfterOp.Instance, X(3, 4), X(2)),
        new(new ReshapeOp([null, 2]), X(3, 4)),
        new(new ReshapeOp([2, 6]), X(3, 4)),
        new(new ReshapeLikeOp(), X(3, 4), Y(2, 6)) { Given = [1] },
        new(new ReshapeEntriesOp([2, null]), X(3, 4)),
        new(new MergeDimensionsOp(0, 2), X(3, 4, 2)),
        new(new ExpandDimsOp([0, 2]), X(3, 4)),
        new(new SqueezeOp([1]), X(3, 1, 4)),
        new(new TransposeOp([2, 0, 1]), X(3, 4, 2)),
        new(new BroadcastToOp([2, 3, 4]), X(3, 1)),
        new(new BroadcastLikeOp(), X(3, 1), Y(2, 3, 4)) { Given = [1] },
        new(new TileOp([2, 3]), X(3, 4)),
        new(new TilesOp([2, 3]), X(6, 12), Y(3, 4)) { Given = [1] },
        new(new ConcatOp(0), X(3, 4), Y(2, 4)),
        new(new ConcatOp(1), X(3, 4), Y(3, 1), Z(3, 2)),
        new(new ConcatPartOp(1, 1), X(3, 7), Y(3, 4), Z(3, 3)) { Given = [1, 2] },
        new(new SplitOp(1, [1, 3]), X(3, 4)),
        new(new ReverseOp([1]), X(3, 4)),
        new(new ReverseOp([0, 2]), X(3, 4, 2)),
        new(new RollOp(1, 0), X(3, 4)),
        new(new RollOp(-3, 1), X(3, 4)),
        new(new PadOp([1, 0], [0, 2], 0.5), X(3, 4)),
        new(new StridedSliceOp(Slice), X(5, 4)),
        new(new StridedSliceGradientOp(Slice), X(2, 2), Y(5, 4)) { Given = [1] },
        new(new ShapeOp(), X(3, 4)),
        new(new FillLikeOp(2.5, DType.Float64), X(3, 4)),
        new(new OneHotOp(4, 1, DType.Float32, 1, 0), Integers([3], 2, 0, 3)),

        new(new GatherOp(0, 0), X(3, 4), Integers([2, 2], 2, 0, 2, 1)),
        new(new GatherOp(2, 1), X(2, 3, 4), Integers([2, 2], 3, 0, 3, 3)),
        new(new GatherGradientOp(0, 0), X(2, 2, 4), Integers([2, 2], 2, 0, 2, 1), Y(3, 4)) { Given = [2] },
        new(new ScatterRowsOp([3, 4]), X(2, 2, 4), Integers([2, 2], 2, 0, 2, 1)),
        new(new ScatterOp(ScatterReduction.Add), X(3, 4), Integers([4], 2, 0, 2, 2), Y(4, 4)),
        new(new ScatterOp(ScatterReduction.Replace), X(3, 4), Integers([2], 2, 0), Y(2, 4)),
        new(new ScatterOp(ScatterReduction.Multiply), X(3, 4), Integers([4], 2, 0, 2, 2), Y(4, 4)),
        new(new ScatterOp(ScatterReduction.Minimum), X(3, 4), Integers([4], 2, 0, 2, 2), Y(4, 4)),
        new(new ScatterOp(ScatterReduction.Maximum), X(3, 4), Integers([4], 2, 0, 2, 2), Y(4, 4)),
        new(new RavelPositionsOp(), Integers([3, 2], 0, 1, 2, 3, 1, 1), X(3, 4)),
        new(new TakeAlongAxisOp(1), X(3, 4), Integers([3, 2], 0, 3, 1, 1, 2, 0)),
        new(new AddAlongAxisOp(1), X(3, 2), Integers([3, 2], 0, 3, 1, 1, 2, 0), Y(3, 4)) { Given = [2] },
    ];
}
