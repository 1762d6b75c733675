namespace Tapestry.Kernels.Codegen;

/// <summary>The kernel of a program that is always the same: recorded at its first use and kept, so that running it allocates nothing.</summary>
/// <param name="program">Makes the program.</param>
sealed class KeptKernel(Func<MapProgram> program)
{
    MapKernel? compiled, interpreted;

    /// <summary>The kernel as <see cref="MapKernel.Compiles"/> wants it.</summary>
    internal MapKernel Kernel => MapKernel.Compiles ? compiled ??= MapKernel.Of(program()) : interpreted ??= MapKernel.Of(program());
}
