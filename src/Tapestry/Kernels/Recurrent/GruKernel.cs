using System.Diagnostics;
using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Recurrent;

/// <summary>
/// A gated recurrent unit over all steps at once, the reset gate behind the product. With p = h·kernel + bias, and entry and p parted into z, r, n: u = σ(entry_z + p_z),
/// v = σ(entry_r + p_r), n = tanh(entry_n + v·p_n), h′ = u·h + (1 − u)·n.
/// </summary>
static unsafe class GruKernel
{
    const int Products = 3;

    /// <summary>Computes outputs and gates of all steps.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="entry">What comes from the input: [step, batch, 3 units].</param>
    /// <param name="h">The first output: [batch, units].</param>
    /// <param name="kernel">The recurrent kernel: [units, 3 units].</param>
    /// <param name="bias">What is added to the product: [3 units].</param>
    /// <param name="outputs">Receives h′: [step, batch, units].</param>
    /// <param name="gates">Receives u, v, n, p_n: [step, batch, 4 units].</param>
    internal static void Forward<T>(RecurrentShape shape, ReadOnlySpan<T> entry, ReadOnlySpan<T> h, ReadOnlySpan<T> kernel, ReadOnlySpan<T> bias, Span<T> outputs, Span<T> gates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(entry.Length == (long)shape.Steps * shape.Batch * 3 * shape.Units && outputs.Length * 4L == gates.Length, "The entry has three gates, what is kept has four.");
        fixed (T* x = entry, h0 = h, u = kernel, b = bias, hs = outputs, g = gates)
        {
            var work = new Forwards<T>
            {
                Shape = shape, Entry = x, H = h0, Bias = b, Outputs = hs, Kept = g, Cell = Programs<T>.Cell.Kernel,
                Product = PackedProduct<T>.Pack(shape.Units, 3 * shape.Units, new RightMatrix<T>(u, 3 * shape.Units, 1)),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    /// <summary>Computes the gradients of the entry, of the first output and of p; those of the kernels are products of these.</summary>
    internal static void Backward<T>(
        RecurrentShape shape, ReadOnlySpan<T> h, ReadOnlySpan<T> kernel, ReadOnlySpan<T> outputs, ReadOnlySpan<T> gates, ReadOnlySpan<T> outputGradients,
        Span<T> entryGradient, Span<T> hGradient, Span<T> productGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* h0 = h, u = kernel, hs = outputs, g = gates, dhs = outputGradients, dx = entryGradient, dh = hGradient, dp = productGradient)
        {
            var work = new Backwards<T>
            {
                Shape = shape, H = h0, Outputs = hs, Kept = g, OutputGradients = dhs, EntryGradient = dx, HGradient = dh, ProductGradient = dp,
                Cell = Programs<T>.CellGradient.Kernel, Product = PackedProduct<T>.Pack(3 * shape.Units, shape.Units, new RightMatrix<T>(u, 1, 3 * shape.Units)),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    struct Forwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* Entry, H, Bias, Outputs, Kept;
        internal PackedProduct<T> Product;
        internal MapKernel Cell;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 3 * (nint)units, kept = 4 * (nint)units;
            var p = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, count * Product.ResultWidth);
            var operands = stackalloc byte*[15];
            var strides = stackalloc nint[15];
            for (var i = 0; i < 15; i++) strides[i] = (i < 3 ? wide : i < 6 ? Product.ResultWidth : i < 9 ? 0 : i is > 9 and < 14 ? kept : units) * sizeof(T);
            for (var gate = 0; gate < 3; gate++)
            {
                operands[3 + gate] = (byte*)(p + gate * units);
                operands[6 + gate] = (byte*)(Bias + gate * units);
            }

            for (var step = 0; step < steps; step++)
            {
                nint row = (nint)step * batch + first;
                var before = step == 0 ? H + first * (nint)units : Outputs + (row - batch) * units;
                Product.Multiply(count, before, units, p, accumulate: false);
                for (var gate = 0; gate < 3; gate++) operands[gate] = (byte*)(Entry + row * wide + gate * units);
                operands[9] = (byte*)before;
                for (var gate = 0; gate < 4; gate++) operands[10 + gate] = (byte*)(Kept + row * kept + gate * units);
                operands[14] = (byte*)(Outputs + row * units);
                Cell.Invoke(operands, strides, count, units, overlaps: true);
            }
        }
    }

    struct Backwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* H, Outputs, Kept, OutputGradients, EntryGradient, HGradient, ProductGradient;
        internal PackedProduct<T> Product;
        internal MapKernel Cell;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 3 * (nint)units, kept = 4 * (nint)units, width = Product.ResultWidth;
            var dh = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, 2 * count * width);
            new Span<T>(dh, (int)(2 * count * width)).Clear();
            var operands = stackalloc byte*[14];
            var strides = stackalloc nint[14];
            for (var i = 0; i < 14; i++) strides[i] = (i < 4 ? kept : i is 6 or 13 ? width : i > 6 ? wide : units) * sizeof(T);
            for (var step = steps - 1; step >= 0; step--)
            {
                // The gradient of the output changes places, so that no row is read after it is written.
                nint row = (nint)step * batch + first;
                var next = dh + (step & 1) * count * width;
                for (var gate = 0; gate < 4; gate++) operands[gate] = (byte*)(Kept + row * kept + gate * units);
                operands[4] = (byte*)(step == 0 ? H + first * (nint)units : Outputs + (row - batch) * units);
                operands[5] = (byte*)(OutputGradients + row * units);
                operands[6] = (byte*)(dh + ((step + 1) & 1) * count * width);
                for (var gate = 0; gate < 3; gate++)
                {
                    operands[7 + gate] = (byte*)(EntryGradient + row * wide + gate * units);
                    operands[10 + gate] = (byte*)(ProductGradient + row * wide + gate * units);
                }

                operands[13] = (byte*)next;
                Cell.Invoke(operands, strides, count, units, overlaps: true);
                Product.Multiply(count, ProductGradient + row * wide, wide, next, accumulate: true);
            }

            for (nint i = 0; i < count; i++) new ReadOnlySpan<T>(dh + i * width, units).CopyTo(new Span<T>(HGradient + (first + i) * units, units));
        }
    }

    static class Programs<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal static readonly KeptKernel Cell = new(() => GruPrograms.Cell(RecurrentBlocks.LanesOf<T>()));

        internal static readonly KeptKernel CellGradient = new(() => GruPrograms.CellGradient(RecurrentBlocks.LanesOf<T>()));
    }
}
