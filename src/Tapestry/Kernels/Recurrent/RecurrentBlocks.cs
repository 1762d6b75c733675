using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Recurrent;

/// <summary>The extents of a recurrence over time, laid out [step, batch, …].</summary>
/// <param name="Steps">How many steps.</param>
/// <param name="Batch">Sequences side by side.</param>
/// <param name="Units">Elements of a state.</param>
readonly record struct RecurrentShape(int Steps, int Batch, int Units);

/// <summary>How a recurrence over time is shared out: a block of sequences walks through all steps on one thread.</summary>
/// <remarks>Blocks are cut by shape alone, and every sequence is computed by itself, so results do not depend on the number of threads.</remarks>
static class RecurrentBlocks
{
    // Below this many multiply-adds the fork costs more than it gains.
    const double ForkWork = 1e6;

    /// <summary>The first sequence of a block, and how many it has.</summary>
    internal static (int First, int Count) Part(int block, int batch)
    {
        var first = Start(block, batch);
        return (first, Start(block + 1, batch) - first);
    }

    /// <summary>Runs all blocks, on all threads where that pays.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="products">Products of a state and a square matrix in each step.</param>
    /// <param name="blocks">Runs one block.</param>
    internal static void Share<TBody>(RecurrentShape shape, int products, ref TBody blocks)
        where TBody : struct, IParallelBody
    {
        if ((double)shape.Batch * shape.Units * shape.Units * shape.Steps * products >= ForkWork) WorkerPool.Run(Count(shape.Batch), ref blocks);
        else for (var i = 0; i < Count(shape.Batch); i++) blocks.Invoke(i);
    }

    /// <summary>The lanes of programs for elements of a type.</summary>
    internal static LaneType LanesOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? LaneType.Float32 : LaneType.Float64;

    // Small enough for two threads to share a usual batch.
    static int Count(int batch) => batch <= 4 ? 1 : Math.Max(2, (batch + 15) / 16);

    static int Start(int block, int batch) => (int)((long)block * batch / Count(batch));
}
