using Tapestry.Kernels.Threading;

namespace Tapestry;

/// <summary>
/// How many threads operations use. One pool serves the whole process: eager operations, compiled functions, and calls from several threads at once, which share it. Results have the same bits for any number.
/// </summary>
/// <remarks>Source: <c>tf.config.threading.set_intra_op_parallelism_threads</c>; it may be changed at any time here. Threads that have nothing to do sleep.</remarks>
public static class Threads
{
    const int Most = 256;

    /// <summary>
    /// The threads that may work on one operation, the calling one included: from 1, which leaves everything to the caller, to 256. The number of processors that the process may use unless set.
    /// </summary>
    /// <exception cref="TapestryException">The number is out of range.</exception>
    /// <remarks>
    /// <code kind="no-run">
    /// Threads.Count = 1;   // for example in a server that answers many requests at once
    /// Console.WriteLine(Threads.Count);   // 1
    /// </code>
    /// </remarks>
    public static int Count
    {
        get => WorkerPool.ThreadCount;
        set => WorkerPool.ThreadCount = value is >= 1 and <= Most ? value : throw new TapestryException("Threads.Count", "there cannot be so many threads", $"{value}", $"from 1 to {Most}", "Use Environment.ProcessorCount for one a processor.");
    }
}
