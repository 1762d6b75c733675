using System.Diagnostics;
using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Recurrent;

/// <summary>
/// A long short-term memory over all steps at once, sequences laid out [step, batch, …]: a block of sequences walks through time on one thread, the
/// recurrent kernel packed once for all of them. With z = entry + h·kernel parted into i, f, g, o: c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′).
/// </summary>
static unsafe class LstmKernel
{
    const int Products = 4;

    /// <summary>Computes outputs, states and gates of all steps.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="entry">What comes from the input: [step, batch, 4 units].</param>
    /// <param name="h">The first output: [batch, units].</param>
    /// <param name="c">The first state: [batch, units].</param>
    /// <param name="kernel">The recurrent kernel: [units, 4 units].</param>
    /// <param name="outputs">Receives h′: [step, batch, units].</param>
    /// <param name="states">Receives c′: [step, batch, units].</param>
    /// <param name="gates">Receives σ(i), σ(f), tanh(g), σ(o): [step, batch, 4 units].</param>
    internal static void Forward<T>(RecurrentShape shape, ReadOnlySpan<T> entry, ReadOnlySpan<T> h, ReadOnlySpan<T> c, ReadOnlySpan<T> kernel, Span<T> outputs, Span<T> states, Span<T> gates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(gates.Length == (long)shape.Steps * shape.Batch * 4 * shape.Units && gates.Length == entry.Length, "The gates have the shape of the entry.");
        fixed (T* z = entry, h0 = h, c0 = c, u = kernel, hs = outputs, cs = states, g = gates)
        {
            var work = new Forwards<T>
            {
                Shape = shape, Entry = z, H = h0, C = c0, Outputs = hs, States = cs, Gates = g, Cell = Programs<T>.Cell.Kernel,
                Product = PackedProduct<T>.Pack(shape.Units, 4 * shape.Units, new RightMatrix<T>(u, 4 * shape.Units, 1)),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    /// <summary>Computes the gradients of the entry and of the first states; those of the kernels are products of these.</summary>
    internal static void Backward<T>(
        RecurrentShape shape, ReadOnlySpan<T> c, ReadOnlySpan<T> kernel, ReadOnlySpan<T> states, ReadOnlySpan<T> gates, ReadOnlySpan<T> outputGradients, ReadOnlySpan<T> stateGradients,
        Span<T> entryGradient, Span<T> hGradient, Span<T> cGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* c0 = c, u = kernel, cs = states, g = gates, dhs = outputGradients, dcs = stateGradients, dz = entryGradient, dh = hGradient, dc = cGradient)
        {
            var work = new Backwards<T>
            {
                Shape = shape, C = c0, States = cs, Gates = g, OutputGradients = dhs, StateGradients = dcs, EntryGradient = dz, HGradient = dh, CGradient = dc,
                Cell = Programs<T>.CellGradient.Kernel, Product = PackedProduct<T>.Pack(4 * shape.Units, shape.Units, new RightMatrix<T>(u, 1, 4 * shape.Units)),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    struct Forwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* Entry, H, C, Outputs, States, Gates;
        internal PackedProduct<T> Product;
        internal MapKernel Cell;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 4 * (nint)units;
            var z = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, count * Product.ResultWidth);
            var operands = stackalloc byte*[11];
            var strides = stackalloc nint[11];
            for (var i = 0; i < 11; i++) strides[i] = (i < 4 ? Product.ResultWidth : i is > 4 and < 9 ? wide : units) * sizeof(T);
            for (var step = 0; step < steps; step++)
            {
                nint row = (nint)step * batch + first;
                for (nint i = 0; i < count; i++) new ReadOnlySpan<T>(Entry + (row + i) * wide, (int)wide).CopyTo(new Span<T>(z + i * Product.ResultWidth, (int)wide));
                Product.Multiply(count, step == 0 ? H + first * (nint)units : Outputs + (row - batch) * units, units, z, accumulate: true);
                for (var gate = 0; gate < 4; gate++)
                {
                    operands[gate] = (byte*)(z + gate * units);
                    operands[5 + gate] = (byte*)(Gates + row * wide + gate * units);
                }

                operands[4] = (byte*)(step == 0 ? C + first * (nint)units : States + (row - batch) * units);
                operands[9] = (byte*)(States + row * units);
                operands[10] = (byte*)(Outputs + row * units);
                Cell.Invoke(operands, strides, count, units, overlaps: true);
            }
        }
    }

    struct Backwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* C, States, Gates, OutputGradients, StateGradients, EntryGradient, HGradient, CGradient;
        internal PackedProduct<T> Product;
        internal MapKernel Cell;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 4 * (nint)units, width = Product.ResultWidth;
            var dh = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, count * (width + units * 2));
            var dc = dh + count * width;
            new Span<T>(dh, (int)(count * width)).Clear();
            new Span<T>(dc, (int)(count * units * 2)).Clear();
            var operands = stackalloc byte*[15];
            var strides = stackalloc nint[15];
            for (var i = 0; i < 15; i++) strides[i] = (i < 4 || i is > 9 and < 14 ? wide : i == 7 ? width : units) * sizeof(T);
            for (var step = steps - 1; step >= 0; step--)
            {
                nint row = (nint)step * batch + first;
                for (var gate = 0; gate < 4; gate++)
                {
                    operands[gate] = (byte*)(Gates + row * wide + gate * units);
                    operands[10 + gate] = (byte*)(EntryGradient + row * wide + gate * units);
                }

                // The gradient of the state changes places, so that no row is read after it is written.
                var next = dc + (step & 1) * (nint)count * units;
                operands[4] = (byte*)(States + row * units);
                operands[5] = (byte*)(step == 0 ? C + first * (nint)units : States + (row - batch) * units);
                operands[6] = (byte*)(OutputGradients + row * units);
                operands[7] = (byte*)dh;
                operands[8] = (byte*)(StateGradients + row * units);
                operands[9] = (byte*)(dc + ((step + 1) & 1) * (nint)count * units);
                operands[14] = (byte*)next;
                Cell.Invoke(operands, strides, count, units, overlaps: true);
                Product.Multiply(count, EntryGradient + row * wide, wide, dh, accumulate: false);
            }

            for (nint i = 0; i < count; i++)
            {
                new ReadOnlySpan<T>(dh + i * width, units).CopyTo(new Span<T>(HGradient + (first + i) * units, units));
                new ReadOnlySpan<T>(dc + i * units, units).CopyTo(new Span<T>(CGradient + (first + i) * units, units));
            }
        }
    }

    static class Programs<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal static readonly KeptKernel Cell = new(() => LstmPrograms.Cell(RecurrentBlocks.LanesOf<T>()));

        internal static readonly KeptKernel CellGradient = new(() => LstmPrograms.CellGradient(RecurrentBlocks.LanesOf<T>()));
    }
}
