using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Threading;

/// <summary>
/// A fork-join pool for kernels. One parallel loop runs at a time; a loop started while another runs (nested, or from a second thread) runs on
/// its caller alone, so nothing here can deadlock. Every thread has a contiguous part of the indices, so that loops over the same data one after the
/// other find it in the caches of the same processor; who is done claims single indices of others. Results must depend on the index only and never
/// on the thread that computes it.
/// </summary>
/// <remarks>
/// The gate is one 64-bit word: generation of the loop in the upper half, an open bit, and the number of workers inside. A worker enters by
/// compare-and-swap while the gate is open, and only then reads the job; the caller closes the gate when the indices are used up and waits for the
/// workers inside, never for one that has not woken yet.
/// </remarks>
static unsafe class WorkerPool
{
    const long GateOpen = 1L << 31;
    const long GateCount = GateOpen - 1;
    const int MaximumThreads = 256;
    const int CounterSpacing = 32;

    static readonly long spinTicks = Stopwatch.Frequency * 40 / 1_000_000;
    static readonly Lock growth = new();
    static readonly Worker?[] workers = new Worker[MaximumThreads - 1];
    // The next index of each thread, a cache line (two, for the prefetcher) apart.
    static readonly int[] next = GC.AllocateArray<int>((MaximumThreads + 1) * CounterSpacing, pinned: true);
    [ThreadStatic]
    static bool runsAlone;

    static int lent;
    static Exchange exchange;
    static Exception? failure;
    static int startedWorkers;
    static int threadCount = Math.Clamp(Environment.ProcessorCount, 1, MaximumThreads);

    /// <summary>How many threads take part in a loop, the caller included; at least 1. The number of processors unless set.</summary>
    internal static int ThreadCount
    {
        get => Volatile.Read(ref threadCount);
        set
        {
            if (value is < 1 or > MaximumThreads)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value,
                    $"ThreadCount: received {value}. Expected: between 1 and {MaximumThreads}. Use Environment.ProcessorCount for one thread per processor.");
            }

            Volatile.Write(ref threadCount, value);
        }
    }

    /// <summary>
    /// Does work of another kind on this thread, in the place of one of the pool's: meanwhile loops have one thread less, since one more than there are processors would have all others wait for
    /// it. When the work ends that thread joins the loop that runs. Loops that the work starts run on this thread alone.
    /// </summary>
    internal static void InPlaceOfOne(Action work)
    {
        Interlocked.Increment(ref lent);
        runsAlone = true;
        try
        {
            work();
        }
        finally
        {
            runsAlone = false;
            Interlocked.Decrement(ref lent);
            int started = Volatile.Read(ref startedWorkers);
            for (int i = 0; i < started; i++)
                workers[i]!.Wake();
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/> for every index from 0 to <paramref name="count"/> − 1 and returns when all calls have ended. Every thread works
    /// on the same copy of the body, which is written back at the end. The first exception ends the loop early and is thrown here.
    /// </summary>
    internal static void Run<TBody>(int count, ref TBody body)
        where TBody : struct, IParallelBody, allows ref struct
    {
        int threads = Math.Min(Volatile.Read(ref threadCount), count);
        if (threads <= 1 || runsAlone || Interlocked.CompareExchange(ref exchange.Busy, 1, 0) != 0)
        {
            for (int index = 0; index < count; index++)
                body.Invoke(index);
            return;
        }

        // The copy lives in this frame, which the workers never outlive, and the collector updates references in it while they run.
        TBody shared = body;
        Fork(&Work<TBody>, Unsafe.AsPointer(ref shared), count, threads - 1);
        body = shared;
    }

    /// <summary>The same, on this thread alone where the work is not worth a fork.</summary>
    internal static void Run<TBody>(int count, ref TBody body, bool forks)
        where TBody : struct, IParallelBody
    {
        if (forks)
        {
            Run(count, ref body);
            return;
        }

        for (int index = 0; index < count; index++)
            body.Invoke(index);
    }

    /// <summary>Publishes a loop, takes part in it, and waits for the workers that entered.</summary>
    static void Fork(delegate*<void*, int, void> work, void* body, int count, int helpers)
    {
        try
        {
            if (Volatile.Read(ref startedWorkers) < helpers)
                Start(helpers);
        }
        catch
        {
            Volatile.Write(ref exchange.Busy, 0);
            throw;
        }

        exchange.Work = work;
        exchange.Body = body;
        exchange.Count = count;
        exchange.Helpers = helpers;
        for (int slot = 0; slot <= helpers; slot++)
            Next(slot) = Boundary(slot);
        long generation = (exchange.Gate >> 32) + 1;
        Interlocked.Exchange(ref exchange.Gate, (generation << 32) | GateOpen);
        int present = Math.Min(helpers, helpers - Volatile.Read(ref lent));
        for (int i = 0; i < present; i++)
            workers[i]!.Wake();

        Participate(0);

        Interlocked.And(ref exchange.Gate, ~GateOpen);
        int spins = 0;
        while ((Volatile.Read(ref exchange.Gate) & GateCount) != 0)
        {
            // A worker that the system has taken off its processor must get one back: yield when the wait is longer than any fair share.
            if (++spins < 10_000)
                Pause();
            else
                Thread.Yield();
        }

        Exception? thrown = failure;
        failure = null;
        Volatile.Write(ref exchange.Busy, 0);
        if (thrown is not null)
            ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>Runs the published loop on this thread; an exception is kept for the caller and stops the handing out of indices.</summary>
    static void Participate(int slot)
    {
        try
        {
            exchange.Work(exchange.Body, slot);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            for (int other = 0; other <= exchange.Helpers; other++)
                Interlocked.Exchange(ref Next(other), exchange.Count);
        }
    }

    static void Work<TBody>(void* body, int slot)
        where TBody : struct, IParallelBody, allows ref struct
    {
        ref TBody shared = ref Unsafe.AsRef<TBody>(body);
        int slots = exchange.Helpers + 1;
        for (int i = 0; i < slots; i++)
        {
            // The own part first, then what others have left.
            int victim = slot + i < slots ? slot + i : slot + i - slots;
            int end = Boundary(victim + 1);
            ref int counter = ref Next(victim);
            for (int index = Interlocked.Increment(ref counter) - 1; index < end; index = Interlocked.Increment(ref counter) - 1)
                shared.Invoke(index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref int Next(int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(next), (slot + 1) * CounterSpacing);

    /// <summary>The first index of a thread's part.</summary>
    static int Boundary(int slot) => (int)((long)exchange.Count * slot / (exchange.Helpers + 1));

    static void Start(int wanted)
    {
        lock (growth)
        {
            for (int i = startedWorkers; i < wanted; i++)
            {
                workers[i] = new Worker(i);
                Volatile.Write(ref startedWorkers, i + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pause()
    {
        if (X86Base.IsSupported)
            X86Base.Pause();
        else
            Thread.SpinWait(1);
    }

    /// <summary>A background thread that watches the gate for a while after every loop and then sleeps until it is woken.</summary>
    sealed class Worker
    {
        readonly SemaphoreSlim wakeUp = new(0);
        readonly int number;
        int parked;

        internal Worker(int number)
        {
            this.number = number;
            new Thread(Live) { IsBackground = true, Name = $"Tapestry worker {number + 1}" }.Start();
        }

        /// <summary>Wakes the thread if it sleeps; called after the gate has been opened.</summary>
        internal void Wake()
        {
            if (Volatile.Read(ref parked) == 1 && Interlocked.Exchange(ref parked, 0) == 1)
                wakeUp.Release();
        }

        void Live()
        {
            long seen = 0;
            while (true)
            {
                long idleSince = Stopwatch.GetTimestamp();
                int spins = 0;
                while (!TryEnter(ref seen))
                {
                    Pause();
                    if ((++spins & 15) == 0 && Stopwatch.GetTimestamp() - idleSince > spinTicks)
                        Sleep(seen);
                }

                Participate(number + 1);
                Interlocked.Decrement(ref exchange.Gate);
            }
        }

        /// <summary>Enters the open gate of a generation this worker has not worked in yet.</summary>
        bool TryEnter(ref long seen)
        {
            long gate = Volatile.Read(ref exchange.Gate);
            long generation = gate >> 32;
            if ((gate & GateOpen) == 0 || generation == seen)
                return false;
            int helpers = Volatile.Read(ref exchange.Helpers);
            if (number >= helpers)
            {
                seen = generation;
                return false;
            }

            // Others work in the place of the last helpers, which may still enter when that is done.
            if (!IsPresent(helpers))
                return false;

            if (Interlocked.CompareExchange(ref exchange.Gate, gate + 1, gate) != gate)
                return false;
            seen = generation;
            return true;
        }

        bool IsPresent(int helpers) => number < helpers - Volatile.Read(ref lent);

        void Sleep(long seen)
        {
            Interlocked.Exchange(ref parked, 1);

            // The gate may have opened, or a place become free, between the last look and the flag; whoever resets the flag decides who wakes up.
            long gate = Volatile.Read(ref exchange.Gate);
            if ((gate & GateOpen) != 0 && gate >> 32 != seen && IsPresent(Volatile.Read(ref exchange.Helpers)) && Interlocked.Exchange(ref parked, 0) == 1)
                return;
            wakeUp.Wait();
        }
    }

    /// <summary>What caller and workers share; the counters that threads write are a cache line (two, for the prefetcher) apart.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    struct Exchange
    {
        [FieldOffset(128)]
        internal long Gate;

        [FieldOffset(256)]
        internal delegate*<void*, int, void> Work;

        [FieldOffset(264)]
        internal void* Body;

        [FieldOffset(272)]
        internal int Count;

        [FieldOffset(276)]
        internal int Helpers;

        [FieldOffset(384)]
        internal int Busy;
    }
}
