using CsCheck;
using Tapestry.Compiler;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Operations are joined exactly when nothing outside would have to run both before and after them.</summary>
public sealed class UnitOrderTests
{
    const int Most = 14;

    static readonly Gen<(int Count, bool[] Edges, (int One, int Other)[] Pairs)> Programs =
        from count in Gen.Int[2, Most]
        from edges in Gen.Int[0, 3].Select(number => number == 0).Array[Most * Most]
        from pairs in Gen.Select(Gen.Int[0, count - 1], Gen.Int[0, count - 1]).Array[1, 2 * Most]
        select (count, edges, pairs.Where(pair => pair.Item1 != pair.Item2).ToArray());

    [Fact]
    public void JoinsWhateverLeavesAnOrder() => Programs.Sample(program =>
    {
        var (count, edges, pairs) = program;
        int[][] followers = [.. Enumerable.Range(0, count).Select(from => Enumerable.Range(from + 1, count - from - 1).Where(to => edges[from * Most + to]).ToArray())];
        var order = new UnitOrder(followers);
        int[] units = [.. Enumerable.Range(0, count)];
        foreach (var (one, other) in pairs)
        {
            if (units[one] == units[other]) continue;
            int[] joined = [.. units.Select(unit => unit == units[other] ? units[one] : unit)];
            var expected = HasOrder(followers, joined);
            Assert.Equal(expected, order.TryJoin(one, other));
            if (expected) units = joined;
        }
    });

    // Takes away what waits for nothing, until nothing is left or all wait for each other.
    static bool HasOrder(int[][] followers, int[] units)
    {
        var left = units.ToHashSet();
        while (left.Count > 0)
        {
            var waiting = Enumerable.Range(0, units.Length).Where(from => left.Contains(units[from])).SelectMany(from => followers[from].Where(to => units[to] != units[from]).Select(to => units[to])).ToHashSet();
            if (left.RemoveWhere(unit => !waiting.Contains(unit)) == 0) return false;
        }

        return true;
    }
}
