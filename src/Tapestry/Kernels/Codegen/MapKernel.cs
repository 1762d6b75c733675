using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Kernels.Codegen;

/// <summary>Code for rows of whole vectors.</summary>
/// <param name="operands">The first elements of inputs and results.</param>
/// <param name="rowStrides">Bytes from one row to the next, for each operand.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">Elements of a row: a multiple of the lanes of a vector, and not 0; with folds any number from <see cref="MapProgram.FewestColumns"/>.</param>
unsafe delegate void RowCode(byte** operands, nint* rowStrides, nint rows, nint columns);

/// <summary>
/// A program that runs. Where the runtime allows dynamic code it is compiled to one loop at the widest vectors; elsewhere the same instructions run one after
/// the other over tiles in the first cache level. Kernels are kept by the text of their program, so equal programs are compiled once.
/// </summary>
[SkipLocalsInit]
sealed unsafe class MapKernel
{
    /// <summary>The most operands of a kernel.</summary>
    internal const int MostOperands = 40;

    const int TailRows = 8;
    const int LargestVector = 64;

    static readonly ConcurrentDictionary<string, Lazy<MapKernel>> kernels = new();

    readonly RowCode code;
    readonly int lanes;
    // Bytes from one column to the next, for each operand; 0 where one element serves the row.
    readonly nint[] steps;

    MapKernel(MapProgram program, RowCode code, int lanes)
    {
        Program = program;
        this.code = code;
        this.lanes = lanes;
        steps = new nint[program.OperandCount];
        for (var i = 0; i < steps.Length; i++) steps[i] = i < program.Inputs.Length && program.Inputs[i].IsScalar ? 0 : program.SizeOf(i);
    }

    /// <summary>Whether loops are compiled; the tests turn it off to run the same programs as tiles.</summary>
    internal static bool Compiles { get; set; } = RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>How programs run here, for descriptions.</summary>
    internal static string Form => Compiles && RuntimeFeature.IsDynamicCodeSupported
        ? $"compiled for vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits{(Vector128.IsHardwareAccelerated ? "" : ", which this machine has not: element by element")}"
        : "as tiles, instruction by instruction, since code cannot be made at run time here";

    /// <summary>How many kernels were made in this process.</summary>
    internal static int Count => kernels.Count;

    /// <summary>What the kernel computes.</summary>
    internal MapProgram Program { get; }

    /// <summary>The kernel of a program.</summary>
    internal static MapKernel Of(MapProgram program)
    {
        var compiles = Compiles;
        return kernels.GetOrAdd((compiles ? "" : "tiles ") + program.Text, _ => new Lazy<MapKernel>(() => Create(program, compiles))).Value;
    }

    static MapKernel Create(MapProgram program, bool compiles)
    {
        if (compiles && RuntimeFeature.IsDynamicCodeSupported)
        {
            var (code, lanes) = program.Folds.Length > 0 ? FoldEmitter.Emit(program) : MapEmitter.Emit(program);
            return new MapKernel(program, code, lanes);
        }

        var (interpreted, tileLanes) = TileInterpreter.Create(program);
        return new MapKernel(program, interpreted, tileLanes);
    }

    /// <summary>Elements of a vector.</summary>
    internal int Lanes => lanes;

    /// <summary>Runs over a matrix.</summary>
    /// <param name="operands">The first elements of inputs and results.</param>
    /// <param name="rowStrides">Bytes from one row to the next, for each operand.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="overlaps">Whether elements at the end of a row may be computed twice, which a result written over an input forbids.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Invoke(byte** operands, nint* rowStrides, nint rows, nint columns, bool overlaps)
    {
        if (rows <= 0 || columns <= 0) return;
        if (Program.Folds.Length > 0)
        {
            Debug.Assert(columns >= Program.FewestColumns, "Rows that are combined in the loop have whole units.");
            code(operands, rowStrides, rows, columns);
            return;
        }

        var whole = columns & -lanes;
        if (whole > 0) code(operands, rowStrides, rows, whole);
        if (whole == columns) return;
        if (whole > 0 && overlaps) Last(operands, rowStrides, rows, columns - lanes);
        else Rest(operands, rowStrides, rows, whole, (int)(columns - whole));
    }

    // One more vector that ends where the row ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Last(byte** operands, nint* rowStrides, nint rows, nint start)
    {
        var shifted = stackalloc byte*[MostOperands];
        for (var i = 0; i < steps.Length; i++) shifted[i] = operands[i] + start * steps[i];
        code(shifted, rowStrides, rows, lanes);
    }

    // What is less than a vector is computed in memory of its own; what the lanes behind it hold does not matter.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rest(byte** operands, nint* rowStrides, nint rows, nint start, int rest)
    {
        var count = Program.OperandCount;
        var space = TailRows * LargestVector;
        var memory = stackalloc byte[count * space];
        var places = stackalloc byte*[count];
        var strides = stackalloc nint[count];
        for (nint row = 0; row < rows; row += TailRows)
        {
            var part = (int)Math.Min(TailRows, rows - row);
            for (var i = 0; i < count; i++)
            {
                if (IsScalar(i))
                {
                    places[i] = operands[i] + row * rowStrides[i];
                    strides[i] = rowStrides[i];
                    continue;
                }

                var size = Program.SizeOf(i);
                places[i] = memory + i * space;
                strides[i] = lanes * size;
                if (i >= Program.Inputs.Length) continue;
                for (var j = 0; j < part; j++) Unsafe.CopyBlockUnaligned(places[i] + j * strides[i], operands[i] + (row + j) * rowStrides[i] + start * size, (uint)(rest * size));
            }

            code(places, strides, part, lanes);
            for (var i = Program.Inputs.Length; i < count; i++)
            {
                var size = Program.SizeOf(i);
                for (var j = 0; j < part; j++) Unsafe.CopyBlockUnaligned(operands[i] + (row + j) * rowStrides[i] + start * size, places[i] + j * strides[i], (uint)(rest * size));
            }
        }
    }

    bool IsScalar(int operand) => operand < Program.Inputs.Length && Program.Inputs[operand].IsScalar;
}
