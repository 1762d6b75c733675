using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Kernels.Threading;

/// <summary>Tests that change the number of threads share this collection, so that they run one after the other.</summary>
[CollectionDefinition(nameof(ThreadCountCollection), DisableParallelization = true)]
public sealed class ThreadCountCollection;

[Collection(nameof(ThreadCountCollection))]
[Trait("Category", "Quick")]
public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void EveryIndexIsVisitedOnce(int threads)
    {
        using var setting = new ThreadSetting(threads);
        for (int round = 0; round < 300; round++)
        {
            int count = round % 67;
            int[] visits = new int[count];
            var body = new CountVisits { Visits = visits };
            WorkerPool.Run(count, ref body);
            Assert.All(visits, visit => Assert.Equal(1, visit));
        }
    }

    [Fact]
    public void WorkersTakePartWhenTheCallerIsHeldUp()
    {
        using var setting = new ThreadSetting(2);
        using var otherArrived = new ManualResetEventSlim();
        var body = new MeetOther { Caller = Environment.CurrentManagedThreadId, OtherArrived = otherArrived };
        WorkerPool.Run(64, ref body);
        Assert.True(otherArrived.IsSet);
    }

    [Fact]
    public void ParkedWorkersAreWoken()
    {
        using var setting = new ThreadSetting(2);
        for (int round = 0; round < 3; round++)
        {
            Thread.Sleep(5);
            using var otherArrived = new ManualResetEventSlim();
            var body = new MeetOther { Caller = Environment.CurrentManagedThreadId, OtherArrived = otherArrived };
            WorkerPool.Run(64, ref body);
            Assert.True(otherArrived.IsSet);
        }
    }

    [Fact]
    public void LentThreadsStayAwayUntilTheyAreBackAndThenJoinTheLoopThatRuns()
    {
        using var setting = new ThreadSetting(2);
        for (int round = 0; round < 20; round++)
        {
            using var isLent = new ManualResetEventSlim();
            using var isOver = new ManualResetEventSlim();
            var lent = new Thread(() => WorkerPool.InPlaceOfOne(() =>
            {
                isLent.Set();
                isOver.Wait();
            }));
            lent.Start();
            isLent.Wait();

            using var otherArrived = new ManualResetEventSlim();
            var body = new MeetLate { Caller = Environment.CurrentManagedThreadId, IsOver = isOver, OtherArrived = otherArrived, Early = new int[1] };
            WorkerPool.Run(64, ref body);
            lent.Join();
            Assert.Equal(0, body.Early[0]);
            Assert.True(otherArrived.IsSet, $"round {round}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void ExceptionsSurfaceInTheCallerWithTheirOwnStack(int threads)
    {
        using var setting = new ThreadSetting(threads);
        for (int round = 0; round < 50; round++)
        {
            var body = new Throwing { BadIndex = round };
            var exception = Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(50, ref body));
            Assert.Equal($"index {round}", exception.Message);
            Assert.Contains(nameof(Throwing), exception.StackTrace);
        }

        int[] visits = new int[100];
        var after = new CountVisits { Visits = visits };
        WorkerPool.Run(100, ref after);
        Assert.All(visits, visit => Assert.Equal(1, visit));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void AnExceptionOfAWorkerThreadSurfacesInTheCaller(int threads)
    {
        using var setting = new ThreadSetting(threads);
        using var thrown = new ManualResetEventSlim();
        var body = new ThrowOffCaller { Caller = Environment.CurrentManagedThreadId, Thrown = thrown };
        var exception = Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(64, ref body));
        Assert.Equal("from a worker", exception.Message);
        Assert.Contains(nameof(ThrowOffCaller), exception.StackTrace);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void NestedLoopsRunInline(int threads)
    {
        using var setting = new ThreadSetting(threads);
        int[] visits = new int[40 * 30];
        var body = new Nested { Visits = visits, Inner = 30 };
        WorkerPool.Run(40, ref body);
        Assert.All(visits, visit => Assert.Equal(1, visit));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void SeveralThreadsMayCallAtOnce(int threads)
    {
        using var setting = new ThreadSetting(threads);
        int wrong = 0;
        var callers = new Thread[4];
        for (int t = 0; t < callers.Length; t++)
        {
            callers[t] = new Thread(() =>
            {
                for (int round = 0; round < 300; round++)
                {
                    int[] visits = new int[1 + round % 40];
                    var body = new CountVisits { Visits = visits };
                    WorkerPool.Run(visits.Length, ref body);
                    if (visits.Any(visit => visit != 1))
                        Interlocked.Increment(ref wrong);
                }
            });
        }

        foreach (var caller in callers)
            caller.Start();
        foreach (var caller in callers)
            caller.Join();
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void BodiesMayHoldSpans()
    {
        using var setting = new ThreadSetting(2);
        Span<int> squares = stackalloc int[100];
        var body = new Square { Results = squares };
        WorkerPool.Run(100, ref body);
        for (int i = 0; i < 100; i++)
            Assert.Equal(i * i, squares[i]);
    }

    [Fact]
    public void RunningAllocatesNothing()
    {
        using var setting = new ThreadSetting(2);
        int[] visits = new int[50];
        var body = new CountVisits { Visits = visits };
        for (int round = 0; round < 10; round++)
            WorkerPool.Run(50, ref body);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
            WorkerPool.Run(50, ref body);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TheNumberOfThreadsMustBePositive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.ThreadCount = 0);
    }

    struct CountVisits : IParallelBody
    {
        internal int[] Visits;

        public readonly void Invoke(int index) => Interlocked.Increment(ref Visits[index]);
    }

    struct Throwing : IParallelBody
    {
        internal int BadIndex;

        public readonly void Invoke(int index)
        {
            if (index == BadIndex)
                throw new InvalidOperationException($"index {index}");
        }
    }

    /// <summary>The caller waits inside its first index until some other thread has taken one; the limit only keeps a broken pool from hanging.</summary>
    struct MeetOther : IParallelBody
    {
        internal int Caller;
        internal ManualResetEventSlim OtherArrived;

        public readonly void Invoke(int index)
        {
            if (Environment.CurrentManagedThreadId != Caller)
                OtherArrived.Set();
            else
                OtherArrived.Wait(10_000);
        }
    }

    struct MeetLate : IParallelBody
    {
        internal int Caller;
        internal ManualResetEventSlim IsOver, OtherArrived;
        internal int[] Early;

        public readonly void Invoke(int index)
        {
            if (Environment.CurrentManagedThreadId != Caller)
            {
                if (!IsOver.IsSet)
                    Interlocked.Increment(ref Early[0]);
                OtherArrived.Set();
                return;
            }

            // Long enough for a worker to enter that should not.
            if (!IsOver.IsSet)
                Thread.Sleep(2);
            IsOver.Set();
            OtherArrived.Wait(10_000);
        }
    }

    struct ThrowOffCaller : IParallelBody
    {
        internal int Caller;
        internal ManualResetEventSlim Thrown;

        public readonly void Invoke(int index)
        {
            if (Environment.CurrentManagedThreadId == Caller)
            {
                Thrown.Wait(10_000);
                return;
            }

            Thrown.Set();
            throw new InvalidOperationException("from a worker");
        }
    }

    struct Nested : IParallelBody
    {
        internal int[] Visits;
        internal int Inner;

        public readonly void Invoke(int index)
        {
            var body = new NestedInner { Visits = Visits, Offset = index * Inner };
            WorkerPool.Run(Inner, ref body);
        }
    }

    struct NestedInner : IParallelBody
    {
        internal int[] Visits;
        internal int Offset;

        public readonly void Invoke(int index) => Interlocked.Increment(ref Visits[Offset + index]);
    }

    ref struct Square : IParallelBody
    {
        internal Span<int> Results;

        public readonly void Invoke(int index) => Results[index] = index * index;
    }
}
