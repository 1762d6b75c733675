namespace Tapestry.Tests.Data;

[Trait("Category", "Quick")]
public class DatasetTests
{
    static readonly Dataset Ten = Dataset.Range(10);

    [Fact]
    public void SlicesRowsOfAStructure()
    {
        var data = Dataset.FromTensorSlices(((Tensor)new float[,] { { 1, 2 }, { 3, 4 } }, (Tensor)new[] { 7, 8 }));
        Assert.Equal(2, data.Cardinality);
        for (var walk = 0; walk < 2; walk++)
        {
            var (x, y) = data.Last();
            Assert.Equal([3f, 4f], x.ToArray<float>());
            Assert.Equal((8, 0), (y.Item<int>(), y.Rank));
        }

        var names = Dataset.FromTensorSlices(new Dictionary<string, Tensor> { ["a"] = new[] { 1, 2 }, ["b"] = new[] { 3, 4 } });
        Assert.Equal([2, 4], new[] { names.Last()["a"].Single().Item<int>(), names.Last()["b"].Single().Item<int>() });
    }

    [Fact]
    public void RefusesColumnsOfDifferentLengths()
    {
        var refusal = Assert.Throws<TapestryException>(() => Dataset.FromTensorSlices((Ops.Ones([3, 2]), Ops.Ones([2]))));
        Assert.Equal(("Dataset.FromTensorSlices", "the tensors have different numbers of rows", "equal first dimensions"), (refusal.Subject, refusal.Fault, refusal.Expected));
        Assert.Contains("[3,2]", refusal.Received);
        Assert.Throws<TapestryException>(() => Dataset.FromTensorSlices(Ops.Constant(1f)));
    }

    [Fact]
    public void TakesTensorsEnumerablesAndGenerators()
    {
        Assert.Equal([4], Dataset.FromTensors(Ops.Ones([4])).Single().Single().Shape.ToArray());
        Assert.Equal([1L, 2], Numbers(Dataset.FromEnumerable([Ops.Constant(1L), Ops.Constant(2L)])));
        var started = 0;
        IEnumerable<Nest> Generate()
        {
            started++;
            yield return Ops.Constant(5L);
            yield return Ops.Constant(6L);
        }

        var generated = Dataset.FromGenerator(Generate);
        Assert.Equal(0, started);
        Assert.Equal([5L, 6], Numbers(generated));
        Assert.Equal([5L, 6], Numbers(generated));
        Assert.Equal(2, started);
        Assert.Null(generated.Cardinality);
    }

    [Theory]
    [InlineData(0, 10, 3, new[] { 0L, 3, 6, 9 })]
    [InlineData(10, 0, -4, new[] { 10L, 6, 2 })]
    [InlineData(3, 3, 1, new long[0])]
    [InlineData(0, -5, 1, new long[0])]
    public void CountsInSteps(long start, long stop, long step, long[] expected)
    {
        var range = Dataset.Range(start, stop, step);
        Assert.Equal(expected, Numbers(range));
        Assert.Equal(expected.Length, range.Cardinality);
    }

    [Fact]
    public void MapsTensorsPairsAndStructures()
    {
        Assert.Equal([0L, 2, 4], Numbers(Dataset.Range(3).Map((Tensor x) => x * 2)));
        var pairs = Dataset.FromTensorSlices(((Tensor)new[] { 1L, 2 }, (Tensor)new[] { 10L, 20 }));
        Assert.Equal([11L, 22], Numbers(pairs.Map((x, y) => (x + y, y)).Map((Nest pair) => pair[0])));
        Assert.Equal(3, Dataset.Range(3).Map((Tensor x) => x).Cardinality);
    }

    [Fact]
    public void Filters()
    {
        var even = Ten.Filter(x => x.Single().Item<long>() % 2 == 0);
        Assert.Equal([0L, 2, 4, 6, 8], Numbers(even));
        Assert.Null(even.Cardinality);
    }

    [Fact]
    public void JoinsBatches()
    {
        var batches = Ten.Batch(4);
        Assert.Equal(3, batches.Cardinality);
        Assert.Equal(["0 1 2 3", "4 5 6 7", "8 9"], batches.Select(batch => string.Join(" ", batch.Single().ToArray<long>())));
        Assert.Equal(2, Ten.Batch(4, dropRemainder: true).Cardinality);
        Assert.Equal(2, Ten.Batch(4, dropRemainder: true).Count());
        Assert.Equal([2, 4], Ten.Batch(4).Take(2).Batch(2).Single().Single().Shape.ToArray());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Numbers(batches.Unbatch()));
    }

    [Fact]
    public void JoinsBatchesOfTexts()
    {
        var texts = Dataset.FromTensorSlices(Ops.Constant(new[] { "a", "b", "c" })).Batch(2);
        Assert.Equal(["a", "b"], texts.First().Single().ToArray<string>());
        Assert.Equal(["c"], texts.Last().Single().ToArray<string>());
    }

    [Fact]
    public void RefusesBatchesOfDifferentShapes()
    {
        var ragged = Dataset.FromEnumerable([Ops.Ones([2]), Ops.Ones([3])]).Batch(2);
        var refusal = Assert.Throws<TapestryException>(() => ragged.Count());
        Assert.Equal("Dataset.Batch", refusal.Subject);
        Assert.Contains("[2]", refusal.Received);
        Assert.Contains("[3]", refusal.Received);
        Assert.Contains("Map", refusal.Remedy);
        Assert.Equal("0", Assert.Throws<TapestryException>(() => Ten.Batch(0)).Received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(99)]
    public void ShufflesAllElementsInAnOrderThatTheSeedDecides(int buffer)
    {
        var (first, second, other) = (Numbers(Ten.Shuffle(buffer, seed: 7)), Numbers(Ten.Shuffle(buffer, seed: 7)), Numbers(Ten.Shuffle(buffer, seed: 8)));
        Assert.Equal(first, second);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), first.Order());
        if (buffer == 1) Assert.Equal(first, other);
        else Assert.NotEqual(first, other);
        // Nothing can come before it was in the buffer.
        for (var i = 0; i < first.Length; i++) Assert.True(first[i] < i + buffer);
    }

    [Fact]
    public void ShufflesEveryWalkAnewUnlessAskedNotTo()
    {
        var (changing, same) = (Ten.Shuffle(10, seed: 3), Ten.Shuffle(10, seed: 3, reshuffleEachIteration: false));
        var walks = new[] { Numbers(changing), Numbers(changing) };
        Assert.NotEqual(walks[0], walks[1]);
        var again = Ten.Shuffle(10, seed: 3);
        Assert.Equal(walks, [Numbers(again), Numbers(again)]);
        Assert.Equal(Numbers(same), Numbers(same));
    }

    [Fact]
    public void EveryOrderIsEquallyLikely()
    {
        // 6 orders of 3 elements, 6000 walks: each is expected 1000 times, with a deviation of 29.
        var shuffled = Dataset.Range(3).Shuffle(3, seed: 1);
        var counts = Enumerable.Range(0, 6000).Select(_ => string.Concat(Numbers(shuffled))).CountBy(order => order).ToDictionary();
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void RepeatsTakesSkipsAndAppends()
    {
        Assert.Equal([0L, 1, 0, 1, 0, 1], Numbers(Dataset.Range(2).Repeat(3)));
        Assert.Equal(6, Dataset.Range(2).Repeat(3).Cardinality);
        Assert.Equal([0L, 1, 0, 1, 0], Numbers(Dataset.Range(2).Repeat().Take(5)));
        Assert.Equal([0L, 1, 0], Numbers(Dataset.Range(2).Repeat(-1).Take(3)));
        Assert.Empty(Dataset.Range(0).Repeat());
        Assert.Empty(Ten.Repeat(0));
        Assert.Equal([8L, 9], Numbers(Ten.Skip(8)));
        Assert.Equal((2, 0, 10), (Ten.Skip(8).Cardinality, Ten.Skip(99).Cardinality, Ten.Take(99).Cardinality));
        Assert.Equal([0L, 1], Numbers(Ten.Take(2)));
        Assert.Equal(10, Ten.Take(-1).Count());
        Assert.Empty(Ten.Skip(-1));
        Assert.Equal("-2", Assert.Throws<TapestryException>(() => Ten.Take(-2)).Received);
        Assert.Equal([0L, 1, 0], Numbers(Dataset.Range(2).Concatenate(Dataset.Range(1))));
        Assert.Equal([5L, 6], Dataset.Range(2).Enumerate(5).Select(pair => pair[0].Single().Item<long>()));
    }

    [Fact]
    public void ZipsToTheShortest()
    {
        var zipped = Dataset.Zip(Ten, Dataset.Range(5, 8));
        Assert.Equal(3, zipped.Cardinality);
        Assert.Equal(["0 5", "1 6", "2 7"], zipped.Select(pair => $"{pair[0].Single().Item<long>()} {pair[1].Single().Item<long>()}"));
        var unknown = Dataset.Zip(Ten, Ten.Filter(x => x.Single().Item<long>() < 2));
        Assert.Null(unknown.Cardinality);
        Assert.Equal(2, unknown.Count());
        Assert.Throws<TapestryException>(() => Dataset.Zip());
    }

    [Fact]
    public void CachesTheFirstCompleteWalk()
    {
        var made = 0;
        var cached = Dataset.Range(3).Map((Tensor x) =>
        {
            made++;
            return x;
        }).Cache();
        Assert.Equal([0L], Numbers(cached.Take(1)));
        Assert.Equal([0L, 1, 2], Numbers(cached));
        var after = made;
        Assert.Equal([0L, 1, 2], Numbers(cached));
        Assert.Equal(after, made);
    }

    [Fact]
    public void NamesTheTransformationAndTheElementOfAFault()
    {
        var broken = Ten.Map((Tensor x) => x.Item<long>() == 3 ? throw new InvalidOperationException("no threes") : x);
        var refusal = Assert.Throws<TapestryException>(() => broken.Batch(2).Count());
        Assert.Equal("Dataset.Map", refusal.Subject);
        Assert.Equal("element 3 could not be made: no threes", refusal.Fault);
        Assert.IsType<InvalidOperationException>(refusal.InnerException);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PrefetchesInOrder(int buffer)
    {
        var ahead = Ten.Prefetch(buffer);
        Assert.Equal(10, ahead.Cardinality);
        for (var walk = 0; walk < 3; walk++) Assert.Equal(Numbers(Ten), Numbers(ahead));
        Assert.Equal("0", Assert.Throws<TapestryException>(() => Ten.Prefetch(0)).Received);
    }

    [Fact]
    public void PrefetchesOnAnotherThreadAndStopsWithItsWalk()
    {
        var threads = new System.Collections.Concurrent.ConcurrentBag<int>();
        var made = 0;
        var ahead = Dataset.Range(1000).Map((Tensor x) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            made++;
            return x;
        }).Prefetch(2);
        Assert.Equal([0L, 1, 2], Numbers(ahead.Take(3)));
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        // The walk ended, and its thread with it: three taken, two waiting, at most two in hand.
        Assert.InRange(made, 3, 7);
    }

    [Fact]
    public void AFaultBehindAPrefetchComesWithItsOrigin()
    {
        var broken = Ten.Map((Tensor x) => x.Item<long>() == 3 ? throw new InvalidOperationException("no threes") : x).Prefetch(2);
        var seen = new List<long>();
        var refusal = Assert.Throws<TapestryException>(() =>
        {
            foreach (var element in broken) seen.Add(element.Single().Item<long>());
        });
        Assert.Equal([0L, 1, 2], seen);
        Assert.Equal(("Dataset.Map", "element 3 could not be made: no threes"), (refusal.Subject, refusal.Fault));
        Assert.Contains(nameof(AFaultBehindAPrefetchComesWithItsOrigin), refusal.InnerException!.StackTrace);
    }

    static long[] Numbers(Dataset dataset) => [.. dataset.Select(element => element.Single().Item<long>())];
}
