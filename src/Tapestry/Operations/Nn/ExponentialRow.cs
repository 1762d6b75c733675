using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>y = exp(x − shift) over a long row, and the sum. The exponentials are an emitted kernel, which computes several vectors side by side; the sum is read from the cache.</summary>
static unsafe class ExponentialRow
{
    /// <summary>For fewer elements calling the kernel is not worth while.</summary>
    internal const int FewestElements = 64;

    /// <summary>Writes the exponentials of a row, and gives their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Run<V, T>(T* x, T* y, nint count, T shift)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var operands = stackalloc byte*[] { (byte*)x, (byte*)&shift, (byte*)y };
        var strides = stackalloc nint[] { 0, 0, 0 };
        Kernel<T>.Shared.Kernel.Invoke(operands, strides, 1, count, overlaps: x != y);
        V a = V.Create(0L), b = a, c = a, d = a;
        nint i = 0;
        for (; i <= count - 4 * V.Count; i += 4 * V.Count)
        {
            a += V.Load(y + i);
            b += V.Load(y + i + V.Count);
            c += V.Load(y + i + 2 * V.Count);
            d += V.Load(y + i + 3 * V.Count);
        }

        for (; i <= count - V.Count; i += V.Count) a += V.Load(y + i);
        if (i < count) b += V.Load(y + count - V.Count) & RowLoop.LastLanes<V, T>(count - i);
        return RowLoop.Sum<V, T>((a + b) + (c + d));
    }

    static class Kernel<T>
        where T : unmanaged
    {
        internal static readonly KeptKernel Shared = new(Program);

        static MapProgram Program()
        {
            var recording = new Recording(typeof(T) == typeof(float) ? LaneType.Float32 : LaneType.Float64);
            var result = recording.Write(() => Exponential(recording.Input(0) - recording.Input(1)));
            return new(recording.Type, recording.Instructions, [new OperandForm(IsScalar: false, IsMask: false), new OperandForm(IsScalar: true, IsMask: false)], [new ProgramOutput(result.Number, IsMask: false)]);
        }

        static V Exponential<V>(V x)
            where V : struct, IVec<V> => V.Exp(x);
    }
}
