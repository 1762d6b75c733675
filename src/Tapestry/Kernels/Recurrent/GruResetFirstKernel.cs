using System.Diagnostics;
using System.Numerics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Recurrent;

/// <summary>
/// A gated recurrent unit over all steps at once, the reset gate before the product. With entry and kernel parted into z, r, n: u = σ(entry_z + h·kernel_z),
/// v = σ(entry_r + h·kernel_r), n = tanh(entry_n + (v·h)·kernel_n), h′ = u·h + (1 − u)·n.
/// </summary>
static unsafe class GruResetFirstKernel
{
    const int Products = 3;

    /// <summary>Computes outputs and gates of all steps.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="entry">What comes from the input: [step, batch, 3 units].</param>
    /// <param name="h">The first output: [batch, units].</param>
    /// <param name="kernel">The recurrent kernel: [units, 3 units].</param>
    /// <param name="outputs">Receives h′: [step, batch, units].</param>
    /// <param name="gates">Receives u, v, n, v·h: [step, batch, 4 units].</param>
    internal static void Forward<T>(RecurrentShape shape, ReadOnlySpan<T> entry, ReadOnlySpan<T> h, ReadOnlySpan<T> kernel, Span<T> outputs, Span<T> gates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(entry.Length == (long)shape.Steps * shape.Batch * 3 * shape.Units && outputs.Length * 4L == gates.Length, "The entry has three gates, what is kept has four.");
        var units = shape.Units;
        fixed (T* x = entry, h0 = h, u = kernel, hs = outputs, g = gates)
        {
            var work = new Forwards<T>
            {
                Shape = shape, Entry = x, H = h0, Outputs = hs, Kept = g, Resets = Programs<T>.Resets.Kernel, Values = Programs<T>.Values.Kernel,
                Gated = PackedProduct<T>.Pack(units, 2 * units, new RightMatrix<T>(u, 3 * units, 1)),
                Value = PackedProduct<T>.Pack(units, units, new RightMatrix<T>(u + 2 * units, 3 * units, 1), ScratchMemory.Purpose.ConvertedRight),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    /// <summary>Computes the gradients of the entry and of the first output, and v·h; those of the kernels are products of these.</summary>
    internal static void Backward<T>(
        RecurrentShape shape, ReadOnlySpan<T> h, ReadOnlySpan<T> kernel, ReadOnlySpan<T> outputs, ReadOnlySpan<T> gates, ReadOnlySpan<T> outputGradients,
        Span<T> entryGradient, Span<T> hGradient, Span<T> resetOutputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var units = shape.Units;
        fixed (T* h0 = h, u = kernel, hs = outputs, g = gates, dhs = outputGradients, dx = entryGradient, dh = hGradient, rh = resetOutputs)
        {
            var work = new Backwards<T>
            {
                Shape = shape, H = h0, Outputs = hs, Kept = g, OutputGradients = dhs, EntryGradient = dx, HGradient = dh, ResetOutputs = rh,
                Resets = Programs<T>.ResetsGradient.Kernel, Values = Programs<T>.ValuesGradient.Kernel,
                Gated = PackedProduct<T>.Pack(2 * units, units, new RightMatrix<T>(u, 1, 3 * units)),
                Value = PackedProduct<T>.Pack(units, units, new RightMatrix<T>(u + 2 * units, 1, 3 * units), ScratchMemory.Purpose.ConvertedRight),
            };
            RecurrentBlocks.Share(shape, Products, ref work);
        }
    }

    struct Forwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* Entry, H, Outputs, Kept;
        internal PackedProduct<T> Gated, Value;
        internal MapKernel Resets, Values;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 3 * (nint)units, kept = 4 * (nint)units, size = sizeof(T);
            var p = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, count * (Gated.ResultWidth + Value.ResultWidth));
            var q = p + count * Gated.ResultWidth;
            var operands = stackalloc byte*[8];
            ReadOnlySpan<nint> resets = [wide * size, wide * size, Gated.ResultWidth * size, Gated.ResultWidth * size, units * size, kept * size, kept * size, kept * size];
            ReadOnlySpan<nint> values = [wide * size, Value.ResultWidth * size, kept * size, units * size, kept * size, units * size];
            fixed (nint* resetStrides = resets, valueStrides = values)
            {
                for (var step = 0; step < steps; step++)
                {
                    nint row = (nint)step * batch + first;
                    T* before = step == 0 ? H + first * (nint)units : Outputs + (row - batch) * units, x = Entry + row * wide, gates = Kept + row * kept;
                    Gated.Multiply(count, before, units, p, accumulate: false);
                    operands[0] = (byte*)x;
                    operands[1] = (byte*)(x + units);
                    operands[2] = (byte*)p;
                    operands[3] = (byte*)(p + units);
                    operands[4] = (byte*)before;
                    operands[5] = (byte*)gates;
                    operands[6] = (byte*)(gates + units);
                    operands[7] = (byte*)(gates + 3 * (nint)units);
                    Resets.Invoke(operands, resetStrides, count, units, overlaps: true);
                    Value.Multiply(count, gates + 3 * (nint)units, kept, q, accumulate: false);
                    operands[0] = (byte*)(x + 2 * (nint)units);
                    operands[1] = (byte*)q;
                    operands[2] = (byte*)gates;
                    operands[3] = (byte*)before;
                    operands[4] = (byte*)(gates + 2 * (nint)units);
                    operands[5] = (byte*)(Outputs + row * units);
                    Values.Invoke(operands, valueStrides, count, units, overlaps: true);
                }
            }
        }
    }

    struct Backwards<T> : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal RecurrentShape Shape;
        internal T* H, Outputs, Kept, OutputGradients, EntryGradient, HGradient, ResetOutputs;
        internal PackedProduct<T> Gated, Value;
        internal MapKernel Resets, Values;

        public readonly void Invoke(int index)
        {
            var (steps, batch, units) = Shape;
            var (first, count) = RecurrentBlocks.Part(index, batch);
            nint wide = 3 * (nint)units, kept = 4 * (nint)units, width = Gated.ResultWidth, size = sizeof(T);
            var dh = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, 3 * count * width);
            T* direct = dh + count * width, q = direct + count * width;
            new Span<T>(dh, (int)(count * width)).Clear();
            var operands = stackalloc byte*[8];
            ReadOnlySpan<nint> values = [kept * size, kept * size, units * size, units * size, width * size, wide * size, wide * size, width * size];
            ReadOnlySpan<nint> resets = [width * size, kept * size, units * size, width * size, wide * size, units * size, width * size];
            fixed (nint* valueStrides = values, resetStrides = resets)
            {
                for (var step = steps - 1; step >= 0; step--)
                {
                    nint row = (nint)step * batch + first;
                    T* before = step == 0 ? H + first * (nint)units : Outputs + (row - batch) * units, dx = EntryGradient + row * wide, gates = Kept + row * kept;
                    operands[0] = (byte*)gates;
                    operands[1] = (byte*)(gates + 2 * (nint)units);
                    operands[2] = (byte*)before;
                    operands[3] = (byte*)(OutputGradients + row * units);
                    operands[4] = (byte*)dh;
                    operands[5] = (byte*)dx;
                    operands[6] = (byte*)(dx + 2 * (nint)units);
                    operands[7] = (byte*)direct;
                    Values.Invoke(operands, valueStrides, count, units, overlaps: true);
                    Value.Multiply(count, dx + 2 * (nint)units, wide, q, accumulate: false);
                    operands[0] = (byte*)q;
                    operands[1] = (byte*)(gates + units);
                    operands[2] = (byte*)before;
                    operands[3] = (byte*)direct;
                    operands[4] = (byte*)(dx + units);
                    operands[5] = (byte*)(ResetOutputs + row * units);
                    operands[6] = (byte*)dh;
                    Resets.Invoke(operands, resetStrides, count, units, overlaps: true);
                    Gated.Multiply(count, dx, wide, dh, accumulate: true);
                }
            }

            for (nint i = 0; i < count; i++) new ReadOnlySpan<T>(dh + i * width, units).CopyTo(new Span<T>(HGradient + (first + i) * units, units));
        }
    }

    static class Programs<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal static readonly KeptKernel Resets = new(() => GruPrograms.Resets(RecurrentBlocks.LanesOf<T>()));

        internal static readonly KeptKernel Values = new(() => GruPrograms.Values(RecurrentBlocks.LanesOf<T>()));

        internal static readonly KeptKernel ResetsGradient = new(() => GruPrograms.ResetsGradient(RecurrentBlocks.LanesOf<T>()));

        internal static readonly KeptKernel ValuesGradient = new(() => GruPrograms.ValuesGradient(RecurrentBlocks.LanesOf<T>()));
    }
}
