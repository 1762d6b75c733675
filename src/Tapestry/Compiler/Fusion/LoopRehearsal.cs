using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry.Compiler;

/// <summary>
/// Makes two loops beside the first trace of a process, and throws them away: by the time that the planner comes to loops, the runtime has compiled what records and emits them. Passes and
/// planner are left to the thread that traces: two threads that come to the same methods one after the other would only wait for each other. See <see cref="Rehearsal"/>.
/// </summary>
static unsafe class LoopRehearsal
{
    const int Rows = 8, Columns = 64;

    static int hasBegun;

    /// <summary>Called when a trace begins.</summary>
    internal static void Begin()
    {
        if (hasBegun == 0 && Interlocked.Exchange(ref hasBegun, 1) == 0) Rehearsal.Add(Run);
    }

    /// <summary>Makes a loop that finishes a product, and one whose columns are summed, which runs.</summary>
    internal static void Run()
    {
        _ = new BlockMap(Finish(), [MatrixForm.Full, MatrixForm.PerColumn, MatrixForm.Full], Columns, made: 0);
        var program = Summed();
        float[] first = new float[Rows * Columns], second = new float[Rows * Columns], chosen = new float[Rows * Columns], sums = new float[Columns];
        fixed (float* a = first, b = second, c = chosen, d = sums)
        {
            var places = stackalloc byte*[] { (byte*)a, (byte*)b, (byte*)c, (byte*)d };
            program.Run(places);
        }
    }

    // A matrix plus a bias, where that is positive.
    static MapProgram Finish()
    {
        var recording = new Recording(LaneType.Float32);
        var result = recording.Write(() => Recorder.Maximum(recording.Input(0) + recording.Input(1), Recorder.Create(0L)));
        return new MapProgram(LaneType.Float32, recording.Instructions, [new(IsScalar: false, IsMask: false), new(IsScalar: false, IsMask: false, IsFixed: true)], [new ProgramOutput(result.Number, IsMask: false)]);
    }

    // A matrix where another is positive, and its sums.
    static RowProgram Summed()
    {
        var reducer = TileReducer.Create(new SumReducer(), LaneType.Float32);
        var recording = new Recording(LaneType.Float32);
        var chosen = recording.Write(() => Recorder.Select(Recorder.LessThan(Recorder.Create(0L), recording.Input(0)), recording.Input(1), Recorder.Create(0L)));
        var summed = recording.Write(() => reducer.Map(chosen));
        var form = reducer.Form!;
        OperandForm operand = new(IsScalar: false, IsMask: false);
        var program = new MapProgram(LaneType.Float32, recording.Instructions, [operand, operand], [new ProgramOutput(chosen.Number, IsMask: false)], [new ProgramFold(summed.Number, form.Combine, form.Identity, OfRows: false)]);
        Place[] places = [new(PlaceKind.Operand, 0), new(PlaceKind.Operand, 1), new(PlaceKind.Operand, 2)];
        var stage = new MapStage(MapKernel.Of(program), places, IsPerRow: false, new FoldTarget(reducer, OfRows: false, new Place(PlaceKind.Operand, 3)));
        return new RowProgram(Rows, Columns, sizeof(float), [MatrixForm.Full, MatrixForm.Full, MatrixForm.Full, MatrixForm.PerColumn], [stage], storedCount: 0, slotCount: 0);
    }
}
