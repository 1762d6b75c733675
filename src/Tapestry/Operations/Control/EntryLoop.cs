using Tapestry.Compiler;

namespace Tapestry;

/// <summary>
/// A program that goes through the entries of the first dimension, hands values on from one to the next, and gives one result for each:
/// what <c>MapFn</c>, <c>Scan</c> and the folds have in common.
/// </summary>
/// <param name="subject">The operation, for messages.</param>
/// <param name="elements">What is gone through; all with the same first dimension.</param>
/// <param name="step">From what is handed on, and an entry, to what is handed on, and a result.</param>
/// <param name="reverse">Whether to start at the end; results stay at the places of their entries.</param>
sealed class EntryLoop(string subject, Nest elements, Func<Nest, Nest, (Nest Carried, Nest Result)> step, bool reverse)
{
    /// <summary>Nothing handed on, or no results.</summary>
    internal static readonly Nest Nothing = Nest.Tuple([]);

    /// <summary>The number of entries; -1 where it is unknown while tracing.</summary>
    internal int Count { get; } = CountOf(subject, elements);

    /// <summary>The entry where the loop starts.</summary>
    internal Nest First() => Entry(Place(Ops.Constant(0)));

    /// <summary>Goes through all entries from a certain one on.</summary>
    /// <param name="carried">What is handed to the first one.</param>
    /// <param name="start">How many entries, counted in the direction of the loop, are left out.</param>
    /// <param name="results">The results of those, each with a first dimension for the entries; null for none.</param>
    /// <returns>What the last one handed on, and the results, joined along a new first dimension.</returns>
    internal (Nest Carried, Nest Results) Run(Nest carried, int start = 0, Nest? results = null)
    {
        var symbolic = elements.Flatten().Any(tensor => tensor.IsSymbolic);
        switch (Scopes.Current.Interpreter)
        {
            case Trace trace:
                return Traced(trace, carried, start, results);
            case not null when Count < 0:
                return Inferred(carried);
            case null when symbolic && Count < 0:
                throw new TapestryException(subject, "the number of entries is unknown, outside a layer or function", elements.Describe(), "a known first dimension", "Put the call into the Call method of a layer.");
            default:
                return OneByOne(carried, start, results);
        }
    }

    (Nest Carried, Nest Results) OneByOne(Nest carried, int start, Nest? results)
    {
        var rows = new List<Nest>();
        for (var i = start; i < Count; i++)
        {
            var (next, result) = step(carried, Entry(Ops.Constant(reverse ? Count - 1 - i : i)));
            carried = Checked(next, carried);
            rows.Add(result.Map(tensor => Ops.ExpandDims(tensor, 0)));
        }

        if (results is not null) rows.Insert(0, results);
        if (rows.Count == 0) return (carried, Empty(Specs(null, carried)));
        foreach (var row in rows)
        {
            if (row.Structure() != rows[0].Structure()) throw new TapestryException(subject, "the results differ in structure", $"{rows[0]} and {row}", "equal structures");
        }

        if (reverse) rows.Reverse();
        var parts = rows.Select(row => row.Flatten()).ToArray();
        return (carried, rows[0].Pack([.. Enumerable.Range(0, parts[0].Count).Select(i => Ops.Concat([.. parts.Select(part => part[i])], 0))]));
    }

    // The results grow by concatenation: then their gradient is a slice, and they may have shapes that only running shows.
    (Nest Carried, Nest Results) Traced(Trace trace, Nest carried, int start, Nest? results)
    {
        if (results is null)
        {
            var specs = Specs(trace, carried);
            if (specs.FlattenLeaves().TrueForAll(spec => ((TensorSpec)spec!).Shape.IsFullyKnown))
            {
                results = Empty(specs);
            }
            else
            {
                (carried, results) = step(carried, First());
                results = results.Map(tensor => Ops.ExpandDims(tensor, 0));
                start++;
            }
        }

        var limit = Count >= 0 ? Ops.Constant(Count) : Ops.GetItem(Ops.Shape(elements.Flatten()[0]), 0);
        Nest first = Nest.Tuple([Ops.Constant(start), carried, results]);
        IEnumerable<Shape> invariants = [Shape.Scalar, .. carried.Flatten().Select(tensor => tensor.Shape), .. results.Flatten().Select(tensor => new Shape([Shape.Unknown, .. tensor.Shape.Dimensions[1..]]))];
        var last = Ops.WhileLoop(state => Ops.Less(state[0].Single(), limit), Round, first, shapeInvariants: [.. invariants]);
        return (last[1], last[2].Map(tensor => Settled(reverse ? Ops.Reverse(tensor, 0) : tensor)));
    }

    Nest Round(Nest state)
    {
        var number = state[0].Single();
        var (next, result) = step(state[1], Entry(Place(number)));
        var (before, added) = (state[2].Flatten(), result.Flatten());
        if (before.Count != added.Count) throw new TapestryException(subject, "the results differ in structure", result.ToString(), state[2].ToString());
        return Nest.Tuple([number + 1, next, state[2].Pack([.. before.Zip(added, (all, one) => Ops.Concat([all, Ops.ExpandDims(one, 0)], 0))])]);
    }

    // Only shapes count: one entry stands for all, and its result is taken as often as there are entries.
    (Nest Carried, Nest Results) Inferred(Nest carried)
    {
        var (last, result) = step(carried, First());
        var some = elements.Flatten()[0];
        var places = Ops.ZerosLike(some.Rank == 1 ? some : Ops.Max(some, Enumerable.Range(1, some.Rank - 1).ToArray()), DType.Int32);
        return (last, result.Map(tensor => Ops.Gather(Ops.ExpandDims(tensor, 0), places)));
    }

    // Shapes and dtypes of the results of one step, found by tracing it.
    Nest Specs(Trace? parent, Nest carried)
    {
        var trace = new Trace(subject, parent);
        using var scope = Scopes.Current.Enter(trace);
        var entry = elements.Map(tensor => trace.AddArgument(new TensorSpec(tensor.Shape[1..], tensor.DType)));
        return step(carried.Map(tensor => trace.AddArgument(tensor.Spec)), entry).Result.MapLeaves(leaf => ((Tensor)leaf!).Spec);
    }

    static Nest Empty(Nest specs) => specs.MapLeaves(spec => Ops.Zeros([0, .. ((TensorSpec)spec!).Shape], ((TensorSpec)spec).DType));

    Nest Checked(Nest after, Nest before)
    {
        if (after.Structure() != before.Structure()) throw new TapestryException(subject, "a step hands on another structure than it takes", after.Describe(), before.Describe());
        foreach (var (x, y) in before.Flatten().Zip(after.Flatten()))
        {
            if (x.DType != y.DType || !x.Shape.IsCompatibleWith(y.Shape)) throw new TapestryException(subject, "a step hands on another value than it takes", y.Spec.ToString(), x.Spec.ToString(), "Convert with Ops.Cast or Ops.Reshape.");
        }

        return after;
    }

    Tensor Settled(Tensor tensor) => Count >= 0 && tensor.Shape[1..].IsFullyKnown ? Ops.Reshape(tensor, [Count, .. tensor.Shape[1..]]) : tensor;

    Tensor Place(Tensor number) => !reverse ? number : Count >= 0 ? Count - 1 - number : Ops.GetItem(Ops.Shape(elements.Flatten()[0]), 0) - 1 - number;

    Nest Entry(Tensor place) => elements.Map(tensor => Ops.Gather(tensor, place));

    static int CountOf(string subject, Nest elements)
    {
        var tensors = elements.Flatten();
        if (tensors.Count == 0) throw new TapestryException(subject, "there is nothing to go through", elements.Describe(), "at least one tensor");
        var count = Shape.Unknown;
        foreach (var tensor in tensors)
        {
            if (tensor.Rank == 0) throw new TapestryException(subject, "a scalar has no entries", elements.Describe(), "tensors with a first dimension");
            if (count >= 0 && tensor.Shape[0] >= 0 && tensor.Shape[0] != count) throw new TapestryException(subject, "the first dimensions differ", elements.Describe(), "equal first dimensions");
            count = Math.Max(count, tensor.Shape[0]);
        }

        return count;
    }
}
