using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>Copies runs of consecutive bytes that lie at a constant distance from each other: the parts of a concatenation.</summary>
static unsafe class RunCopy
{
    // Lines of the runs that follow are asked for so far ahead: a jump from run to run is foreseen by no processor.
    const int AheadBytes = 4096;

    /// <summary>Longer runs are left to the system's own copy.</summary>
    const int LongestInline = 2048;

    const int Line = 64;

    /// <summary>Copies run after run; source and destination must not overlap.</summary>
    /// <param name="from">The first run.</param>
    /// <param name="fromStep">Bytes from one run to the next.</param>
    /// <param name="to">Where the first run goes.</param>
    /// <param name="toStep">Bytes from one run to the next there.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="bytes">The length of each.</param>
    internal static void Run(byte* from, nint fromStep, byte* to, nint toStep, nint runs, nint bytes)
    {
        if (runs == 0 || bytes == 0)
            return;
        var copy = new Copy(from, fromStep, to, toStep, bytes);
        LoopChunks.RunItems(runs, Math.Max(1, bytes / sizeof(float)), ref copy);
    }

    readonly struct Copy(byte* from, nint fromStep, byte* to, nint toStep, nint bytes) : IItemBody
    {
        readonly nint ahead = Math.Max(1, AheadBytes / bytes);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(nint item)
        {
            byte* source = from + item * fromStep, target = to + item * toStep;
            if (bytes > LongestInline || bytes < Vector256<byte>.Count || !Vector256.IsHardwareAccelerated)
            {
                Buffer.MemoryCopy(source, target, bytes, bytes);
                return;
            }

            // The last vector overlaps the one before it.
            nint end = bytes - Vector256<byte>.Count, farSource = ahead * fromStep, farTarget = ahead * toStep;
            for (nint done = 0; done < end; done += Vector256<byte>.Count)
            {
                if (Sse.IsSupported && done % Line == 0)
                {
                    Sse.Prefetch1(source + farSource + done);
                    Sse.Prefetch1(target + farTarget + done);
                }

                Vector256.Load(source + done).Store(target + done);
            }

            Vector256.Load(source + end).Store(target + end);
        }
    }
}
