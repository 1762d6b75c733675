using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Kernels.Threading;

/// <summary>Sets the number of threads and restores the former one at the end of the test.</summary>
readonly struct ThreadSetting : IDisposable
{
    readonly int former;

    internal ThreadSetting(int threads)
    {
        former = WorkerPool.ThreadCount;
        WorkerPool.ThreadCount = threads;
    }

    public void Dispose() => WorkerPool.ThreadCount = former;
}
