using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// An elementwise kernel over blocks of a matrix, run on each as soon as it is made, while it is in a near cache. The matrix is an input of the program; what else the
/// program reads or writes lies evenly over the same rows and columns.
/// </summary>
[SkipLocalsInit]
sealed unsafe class BlockMap
{
    readonly MapKernel kernel;
    // Bytes from one row and from one column to the next, for each operand.
    readonly nint[] rowSteps, columnSteps;
    readonly int made;

    /// <summary>Makes the kernel for matrices with rows of one length.</summary>
    /// <param name="program">What is done; inputs that serve a whole row are scalars of it.</param>
    /// <param name="forms">How its operands lie over the matrix.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="made">The input that is the matrix.</param>
    internal BlockMap(MapProgram program, IReadOnlyList<MatrixForm> forms, int columns, int made)
    {
        Debug.Assert(program.OperandCount == forms.Count && program.Folds.Length == 0, "Every operand has a form, and nothing is combined.");
        Debug.Assert(forms[made] == MatrixForm.Full && !program.Inputs[made].IsMask, "The matrix is full.");
        kernel = MapKernel.Of(program);
        this.made = made;
        (rowSteps, columnSteps) = (new nint[forms.Count], new nint[forms.Count]);
        for (var i = 0; i < forms.Count; i++)
        {
            rowSteps[i] = forms[i] switch { MatrixForm.Full => (nint)columns * program.SizeOf(i), MatrixForm.PerRow => program.SizeOf(i), _ => 0 };
            columnSteps[i] = forms[i] is MatrixForm.Full or MatrixForm.PerColumn ? program.SizeOf(i) : 0;
        }

        Cost = program.OperandCount;
        for (var i = 0; i < program.Instructions.Length; i++)
        {
            if (program.UseCounts[i] > 0) Cost += program.Instructions[i].Cost;
        }
    }

    /// <summary>The program.</summary>
    internal MapProgram Program => kernel.Program;

    /// <summary>About how many cycles a vector takes.</summary>
    internal int Cost { get; }

    /// <summary>Runs over a block.</summary>
    /// <param name="operands">The first elements of inputs and results.</param>
    /// <param name="block">The first element of the block, within the matrix.</param>
    /// <param name="blockRow">Bytes from one row of the block to the next: a multiple of the matrix' own distance.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    internal void Run(byte** operands, byte* block, nint blockRow, int rows, int columns)
    {
        var places = stackalloc byte*[MapKernel.MostOperands];
        var strides = stackalloc nint[MapKernel.MostOperands];
        nint distance = (nint)(block - operands[made]), matrixRow = rowSteps[made];
        nint row = distance / matrixRow, column = (distance - row * matrixRow) / columnSteps[made], step = blockRow / matrixRow;
        for (var i = 0; i < rowSteps.Length; i++)
        {
            places[i] = operands[i] + row * rowSteps[i] + column * columnSteps[i];
            strides[i] = step * rowSteps[i];
        }

        kernel.Invoke(places, strides, rows, columns, overlaps: false);
    }
}

/// <summary>What is done to each block of a matrix once it is made; the default value does nothing.</summary>
/// <param name="map">The kernel.</param>
/// <param name="operands">The first elements of its operands, the matrix among them.</param>
readonly unsafe struct BlockFinish(BlockMap map, byte** operands)
{
    // A multiply-add of a product takes half a cycle for a vector.
    const int StepsPerCycle = 2;

    readonly BlockMap? map = map;
    readonly byte** operands = operands;

    /// <summary>Whether it does nothing.</summary>
    internal bool IsEmpty => map is null;

    /// <summary>How many multiply-adds of an element it is worth.</summary>
    internal int Steps => map is null ? 0 : map.Cost * StepsPerCycle;

    /// <summary>Runs over a block; see <see cref="BlockMap.Run"/>.</summary>
    internal void Run<T>(T* block, nint blockRow, int rows, int columns)
        where T : unmanaged => map!.Run(operands, (byte*)block, blockRow * sizeof(T), rows, columns);
}
