using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Gemm;

/// <summary>Products with one right matrix that was packed before, of a few rows at a time and on one thread.</summary>
readonly unsafe struct PackedProduct<T>(delegate*<in PackedProduct<T>, int, T*, nint, T*, bool, void> run, T* packed, int steps, int columns, int panelWidth)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly T* packed = packed;
    readonly int steps = steps, columns = columns, panelWidth = panelWidth;

    /// <summary>Packs a right matrix of some steps and columns for the widest vectors; the memory is this thread's until its next product of the purpose.</summary>
    internal static PackedProduct<T> Pack(int steps, int columns, in RightMatrix<T> right, ScratchMemory.Purpose purpose = ScratchMemory.Purpose.Right) => GemmLevels.Best switch
    {
        GemmLevel.Vector512 => Pack<Vector512<T>, Unit512<T>>(steps, columns, right, purpose),
        GemmLevel.Vector256 => Pack<Vector256<T>, Unit256<T>>(steps, columns, right, purpose),
        GemmLevel.Vector128 => Pack<Vector128<T>, Unit128<T>>(steps, columns, right, purpose),
        _ => Pack<T, UnitScalar<T>>(steps, columns, right, purpose),
    };

    static PackedProduct<T> Pack<TVector, TUnit>(int steps, int columns, in RightMatrix<T> right, ScratchMemory.Purpose purpose)
        where TVector : unmanaged
        where TUnit : struct, IVectorUnit<T, TVector> =>
        new(&Run<TVector, TUnit>, GemmDriver<T, TVector, TUnit>.PackRight(columns, steps, right, purpose), steps, columns, GemmDriver<T, TVector, TUnit>.PanelWidth);

    /// <summary>Elements of a row of the result with what fills up its last panel.</summary>
    internal int ResultWidth => Width(columns, panelWidth);

    /// <summary>Elements of a row of some columns with what fills up the last panel.</summary>
    internal static int Width(int columns, int panelWidth) => (columns + panelWidth - 1) / panelWidth * panelWidth;

    /// <summary>result (+)= left · matrix; the result has rows of <see cref="ResultWidth"/>.</summary>
    internal void Multiply(int rows, T* left, nint leftRow, T* result, bool accumulate) => run(this, rows, left, leftRow, result, accumulate);

    /// <summary>The product at one width of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TVector, TUnit>(in PackedProduct<T> product, int rows, T* left, nint leftRow, T* result, bool accumulate)
        where TVector : unmanaged
        where TUnit : struct, IVectorUnit<T, TVector>
    {
        // Heights without a division in the inner loop, which would be felt in tiles of few steps.
        int panels = (rows + TUnit.Rows - 1) / TUnit.Rows, lowHeight = rows / panels, highPanels = rows % panels;
        for (int column = 0, panel = 0; column < product.columns; column += product.panelWidth, panel++)
        {
            var vectors = product.columns - column <= TUnit.Count ? 1 : 2;
            for (int row = 0, excess = 0, count; row < rows; row += count)
            {
                count = lowHeight;
                if ((excess += highPanels) >= panels)
                {
                    count++;
                    excess -= panels;
                }

                MicroKernel<T, TVector, TUnit>.Run(
                    count, vectors, product.steps, left + row * leftRow, leftRow, 1, product.packed + (nint)panel * product.panelWidth * product.steps, vectors * TUnit.Count,
                    result + (nint)row * product.ResultWidth + column, product.ResultWidth, accumulate);
            }
        }
    }
}
