using System.Runtime.CompilerServices;

namespace Tapestry.Tests.Contracts.GuardPages;

/// <summary>Kernels that touch what is not theirs, and one that does not: run in child processes with guarded memory only, to see that it is seen.</summary>
static class Culprits
{
    static float kept;

    delegate void Kernel(ref float first, int length);

    internal static void Run(string name) => Touch(name switch
    {
        nameof(ReadsBehind) => ReadsBehind,
        nameof(WritesBehind) => WritesBehind,
        nameof(ReadsBefore) => ReadsBefore,
        nameof(WritesBefore) => WritesBefore,
        nameof(StaysWithin) => StaysWithin,
        _ => throw new ArgumentException(name),
    });

    internal static void ReadsBehind(ref float first, int length) => kept = Unsafe.Add(ref first, length);

    internal static void WritesBehind(ref float first, int length) => Unsafe.Add(ref first, length) = kept;

    internal static void ReadsBefore(ref float first, int length) => kept = Unsafe.Add(ref first, -1);

    internal static void WritesBefore(ref float first, int length) => Unsafe.Add(ref first, -1) = kept;

    internal static void StaysWithin(ref float first, int length) => Unsafe.Add(ref first, length - 1) = first;

    static void Touch(Kernel kernel)
    {
        foreach (var length in (int[])[1, 7, 1000, 1024, 5001, 100_000])
        {
            var tensor = Tensor.Allocate(DType.Float32, [length]);
            kernel(ref tensor.Elements<float>()[0], length);
            GC.KeepAlive(tensor);
        }
    }
}
