using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler.Execution;

[Trait("Category", "Quick")]
public sealed class MemoryPlanTests
{
    [Fact]
    public void LivingValuesNeverOverlapNorLieAcrossACut()
    {
        const long segment = 4096;
        var random = new Random(5);
        var memory = new MemoryPlan(segment);
        var living = new List<(long Start, long Bytes)>();
        for (var turn = 0; turn < 5000; turn++)
        {
            if (living.Count > 0 && random.Next(2) == 0)
            {
                var dead = random.Next(living.Count);
                memory.Return(living[dead].Start, living[dead].Bytes);
                living.RemoveAt(dead);
                continue;
            }

            long bytes = random.Next(20) == 0 ? random.Next(5000, 9000) : random.Next(1, 2000);
            var start = memory.Take(bytes);
            var end = start + bytes;
            Assert.All(living, other => Assert.True(end <= other.Start || other.Start + other.Bytes <= start));
            Assert.True(start % segment == 0 || start / segment == (end - 1) / segment, $"[{start}, {end}) lies across a cut");
            Assert.True(end <= memory.Size);
            living.Add((start, bytes));
        }
    }

    [Fact]
    public void WhatWasReturnedIsTakenAgain()
    {
        var memory = new MemoryPlan(4096);
        for (var turn = 0; turn < 100; turn++)
        {
            var start = memory.Take(3000);
            memory.Return(start, 3000);
        }

        Assert.True(memory.Size <= 4096);
    }
}
