using Tapestry.Kernels.Memory;

namespace Tapestry.Tests.Kernels.Memory;

/// <summary>Memory of which one request is refused, until it is disposed. The whole process stands on it, so its tests run alone.</summary>
sealed class RefusingMemory : MemorySource, IDisposable
{
    readonly Func<int, long, bool> refuses;
    int requests;
    bool isFinal;

    /// <summary>Takes the place of the collector.</summary>
    /// <param name="refuses">Whether a request is refused, by its number from 0 and its bytes.</param>
    internal RefusingMemory(Func<int, long, bool> refuses)
    {
        this.refuses = refuses;
        BlockPool.Clear();
        // What is rehearsed beside a trace is not to be refused memory in the place of what is tested.
        SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60));
        Substitute = this;
    }

    /// <summary>The bytes of the request that was refused; 0 as long as none was.</summary>
    internal long Refused { get; private set; }

    public void Dispose() => Substitute = null;

    internal override void Ask(long bytes)
    {
        // It is asked once more when all that is not needed has been given back.
        if (Refused == 0 ? !refuses(Interlocked.Increment(ref requests) - 1, bytes) : isFinal) return;
        isFinal = Refused != 0;
        Refused = bytes;
        throw new OutOfMemoryException($"{bytes} bytes are refused.");
    }
}
