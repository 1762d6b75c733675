using Tapestry.Kernels.Threading;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Runtime;

/// <summary>The one setting for threads.</summary>
[Collection(nameof(ThreadCountCollection))]
public sealed class ThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(256)]
    public void TheSettingIsThatOfThePool(int count)
    {
        using var former = new ThreadSetting(2);
        Threads.Count = count;
        Assert.Equal(count, WorkerPool.ThreadCount);
        Assert.Equal(count, Threads.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(257)]
    public void ImpossibleNumbersAreRefused(int count)
    {
        var former = Threads.Count;
        var refusal = Assert.Throws<TapestryException>(() => Threads.Count = count);
        Assert.Equal(former, Threads.Count);
        Assert.Equal($"Threads.Count: there cannot be so many threads. Received: {count}. Expected: from 1 to 256. Use Environment.ProcessorCount for one a processor.", refusal.Message);
    }
}
