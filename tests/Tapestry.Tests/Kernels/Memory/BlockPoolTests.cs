using CsCheck;
using Tapestry.Kernels.Memory;

namespace Tapestry.Tests.Kernels.Memory;

public class BlockPoolTests
{
    static readonly Gen<int> Sizes = Gen.OneOf(Gen.Int[BlockPool.Threshold + 1, 1 << 22], Gen.Int[15, 24].Select(Gen.Int[0, 8], Gen.Int[-2, 2], (power, step, more) => Math.Max(BlockPool.Threshold + 1, (1 << power) + (step << (power - 3)) + more)));

    [Fact]
    public void BlocksOfOneClassAreInterchangeable() => Gen.Select(Sizes, Sizes).Sample((a, b) =>
    {
        var (first, second) = (BlockPool.SizeClass(a, out var capacityA), BlockPool.SizeClass(b, out var capacityB));
        Assert.True(capacityA >= a && capacityB >= b);
        Assert.Equal(first == second, capacityA == capacityB);
    });

    [Fact]
    public void ARecycledBlockIsLargeEnough()
    {
        foreach (var bytes in new[] { 245_760, 262_144, 229_377, 245_761 })
        {
            Leave(bytes);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        foreach (var bytes in new[] { 262_144, 245_760, 245_761, 229_377 })
        {
            var block = BlockPool.Rent(bytes);
            Assert.True(block.Array.Length - block.Offset >= bytes);
            GC.KeepAlive(block);
        }
    }

    static void Leave(int bytes) => BlockPool.Rent(bytes);
}
