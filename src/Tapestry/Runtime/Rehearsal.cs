using System.Runtime.CompilerServices;
using Tapestry.Kernels.Memory;
using Tapestry.Kernels.Threading;

namespace Tapestry;

/// <summary>
/// Runs what a function is being traced from once on tiny inputs, beside the trace and on another thread: the runtime compiles a method when it is first called, which for the kernels of a training
/// step takes far longer than the step itself, and the trace and the planner are at work by themselves all that time. Nothing of it is seen: it has inputs and outputs of its own.
/// </summary>
static class Rehearsal
{
    // What differs in so many ways has met all kernels.
    const int MostRehearsed = 256;

    // Larger inputs than an operation of its own accord makes smaller cost more than they save.
    const long MostElements = 1 << 21;

    // How long the thread waits for the next operation of a trace.
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // A thread that meets the end of a full heap can end its process, so where memory is narrow nothing runs that only saves time.
    const long LeastMemory = 1L << 30;
    static readonly bool hasRoom = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= LeastMemory;

    static readonly List<Action> waiting = [];
    static readonly List<Rehearsed> rehearsed = [];
    static volatile bool isAtWork;

    // What is rehearsed may come to where others ask for rehearsals.
    [ThreadStatic]
    static bool isRehearsing;

    /// <summary>What the first operation threw that failed in a rehearsal; null if none did, as it should be. Who really needs that operation meets the exception there.</summary>
    internal static Exception? Failure { get; private set; }

    /// <summary>How many operations were rehearsed in this process.</summary>
    internal static int Count => rehearsed.Count;

    /// <summary>Whether there is something to rehearse, or was a moment ago.</summary>
    internal static bool IsAtWork => isAtWork;

    /// <summary>Forgets what was rehearsed: for tests, after so many operations that there would be no more rehearsals.</summary>
    internal static void Forget() => rehearsed.Clear();

    /// <summary>Has an operation rehearsed before long, where there is a processor for it.</summary>
    internal static void Add(Op op, Tensor[] inputs)
    {
        if (rehearsed.Count >= MostRehearsed) return;
        Add(() =>
        {
            if (op.Rehearsal(inputs) is { } specs) Run(op, specs);
        });
    }

    /// <summary>Has anything else done before long that leaves nothing behind but compiled methods.</summary>
    internal static void Add(Action part)
    {
        if (isRehearsing || !hasRoom || !RuntimeFeature.IsDynamicCodeCompiled || WorkerPool.ThreadCount == 1 || MemorySource.Substitute is not null) return;
        lock (waiting)
        {
            waiting.Add(part);
            Monitor.Pulse(waiting);
            if (isAtWork) return;
            isAtWork = true;
        }

        // Not one of the pool: what a thread keeps for kernels is to go with it.
        new Thread(WorkWhileThereIsMemory) { IsBackground = true, Name = "Tapestry rehearsal" }.Start();
    }

    /// <summary>Called when a program begins to run: what it comes to last is rehearsed first from here on, so that the two meet in the middle.</summary>
    internal static void Turn()
    {
        if (isRehearsing) return;
        lock (waiting) waiting.Reverse();
    }

    // What only saves time must not end a process whose heap is full.
    static void WorkWhileThereIsMemory()
    {
        try
        {
            Work();
        }
        catch (OutOfMemoryException)
        {
            // What waits is left to the next trace.
            isAtWork = false;
        }
    }

    static void Work()
    {
        isRehearsing = true;
        while (AwaitPart()) WorkerPool.InPlaceOfOne(WorkOff);
    }

    // False when none came for a while: the thread ends then.
    static bool AwaitPart()
    {
        lock (waiting)
        {
            if (waiting.Count == 0) Monitor.Wait(waiting, Patience);
            return isAtWork = waiting.Count > 0;
        }
    }

    static void WorkOff()
    {
        while (true)
        {
            Action part;
            lock (waiting)
            {
                if (waiting.Count == 0) return;
                part = waiting[0];
                waiting.RemoveAt(0);
            }

            try
            {
                part();
            }
            catch (Exception exception)
            {
                if (exception is not (OutOfMemoryException or { InnerException: OutOfMemoryException })) Failure ??= exception;
            }
        }
    }

    /// <summary>Runs an operation on zeros.</summary>
    internal static void Run(Op op, TensorSpec[] specs)
    {
        long elements = 0;
        foreach (var spec in specs)
        {
            if (!spec.Shape.IsFullyKnown) return;
            elements += spec.Shape.Size;
        }

        if (elements > MostElements || MemorySource.Substitute is not null || IsKnown(op, specs)) return;
        var inputs = new Tensor[specs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Tensor.Allocate(specs[i].DType, specs[i].Shape);
            inputs[i].Bytes.Clear();
        }

        var outputs = new Tensor[op.OutputCount];
        EagerInterpreter.Compute(op, inputs, outputs);
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    /// <summary>The inputs with at most so many rows, which are their first dimension; an unknown number is that of the others.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="most">The most rows.</param>
    /// <param name="broadcast">Whether the inputs are broadcast, so that only those of most dimensions have rows.</param>
    internal static TensorSpec[] Rows(ReadOnlySpan<Tensor> inputs, int most, bool broadcast = false)
    {
        var specs = new TensorSpec[inputs.Length];
        var rank = 1;
        if (broadcast)
        {
            foreach (var input in inputs) rank = Math.Max(rank, input.Rank);
        }

        foreach (var input in inputs)
        {
            if (input.Rank >= rank && input.Shape[0] != Shape.Unknown && !(broadcast && input.Shape[0] == 1)) most = Math.Min(most, input.Shape[0]);
        }

        for (var i = 0; i < specs.Length; i++)
        {
            var dimensions = inputs[i].Shape.ToArray();
            if (dimensions.Length >= rank && (uint)dimensions[0] > (uint)most) dimensions[0] = most;
            specs[i] = new TensorSpec(dimensions, inputs[i].DType);
        }

        return specs;
    }

    static bool IsKnown(Op op, TensorSpec[] specs)
    {
        foreach (var known in rehearsed)
        {
            if (known.Op.GetType() == op.GetType() && AreEqual(known.Inputs, specs) && known.Op.Equals(op)) return true;
        }

        rehearsed.Add(new Rehearsed(op, specs));
        return false;
    }

    static bool AreEqual(TensorSpec[] some, TensorSpec[] others)
    {
        if (some.Length != others.Length) return false;
        for (var i = 0; i < some.Length; i++)
        {
            if (!ReferenceEquals(some[i].DType, others[i].DType) || some[i].Shape != others[i].Shape) return false;
        }

        return true;
    }

    sealed class Rehearsed(Op op, TensorSpec[] inputs)
    {
        internal Op Op => op;

        internal TensorSpec[] Inputs => inputs;
    }
}
