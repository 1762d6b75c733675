namespace Tapestry;

/// <summary>Repeats, cuts and joins sequences.</summary>
public static class LimitTransformations
{
    extension(Dataset dataset)
    {
        /// <summary>Walks the elements several times; without a number, for ever.</summary>
        /// <param name="count">How often; null or -1 for ever.</param>
        /// <exception cref="TapestryException">The number is below -1.</exception>
        public Dataset Repeat(int? count = null)
        {
            RequireCount("Repeat", count ?? -1, "for ever");
            return new Sequence("Repeat", count is >= 0 and var times ? dataset.Cardinality * times : null, () => Repeated(dataset, count ?? -1));
        }

        /// <summary>The first elements.</summary>
        /// <param name="count">How many at most; -1 for all.</param>
        /// <exception cref="TapestryException">The number is below -1.</exception>
        public Dataset Take(int count)
        {
            RequireCount("Take", count, "all elements");
            if (count == -1) return dataset;
            return new Sequence("Take", dataset.Cardinality is { } all ? Math.Min(all, count) : null, () => Enumerable.Take(dataset, count));
        }

        /// <summary>All but the first elements.</summary>
        /// <param name="count">How many are left out; -1 for all.</param>
        /// <exception cref="TapestryException">The number is below -1.</exception>
        public Dataset Skip(int count)
        {
            RequireCount("Skip", count, "all elements");
            return count == -1
                ? new Sequence("Skip", 0, () => [])
                : new Sequence("Skip", dataset.Cardinality is { } all ? Math.Max(0, all - count) : null, () => Enumerable.Skip(dataset, count));
        }

        /// <summary>The elements of this dataset, then those of another.</summary>
        /// <param name="other">What follows.</param>
        public Dataset Concatenate(Dataset other) => new Sequence("Concatenate", dataset.Cardinality + other.Cardinality, () => Enumerable.Concat(dataset, other));

        /// <summary>Pairs of a number, counted from <paramref name="start"/>, and an element.</summary>
        /// <param name="start">The first number.</param>
        public Dataset Enumerate(long start = 0) => new Sequence("Enumerate", dataset.Cardinality, () => Enumerable.Select(dataset, (element, i) => Nest.Tuple([(Tensor)(start + i), element])));
    }

    extension(Dataset)
    {
        /// <summary>Tuples of the elements that stand at the same place of several datasets; as long as the shortest.</summary>
        /// <param name="datasets">At least one dataset.</param>
        /// <exception cref="TapestryException">There is no dataset.</exception>
        public static Dataset Zip(params IReadOnlyList<Dataset> datasets)
        {
            if (datasets.Count == 0) throw new TapestryException("Dataset.Zip", "there are no datasets", "none", "at least one", "Give the datasets whose elements belong together.");
            // A dataset of unknown length may be the shortest.
            var isKnown = datasets.All(dataset => dataset.Cardinality is not null);
            return new Sequence("Zip", isKnown ? datasets.Min(dataset => dataset.Cardinality) : null, () => Zipped(datasets));
        }
    }

    static void RequireCount(string name, int count, string meaning)
    {
        if (count < -1) throw new TapestryException($"Dataset.{name}", "the number is negative", count.ToString(), $"0 or more, or -1 for {meaning}");
    }

    static IEnumerable<Nest> Repeated(Dataset dataset, int count)
    {
        for (var i = 0; i != count; i++)
        {
            var any = false;
            foreach (var element in dataset)
            {
                any = true;
                yield return element;
            }

            // An empty dataset repeated for ever would never give anything.
            if (!any) yield break;
        }
    }

    static IEnumerable<Nest> Zipped(IReadOnlyList<Dataset> datasets)
    {
        var walks = datasets.Select(dataset => dataset.GetEnumerator()).ToArray();
        try
        {
            while (walks.All(walk => walk.MoveNext())) yield return Nest.Tuple(walks.Select(walk => walk.Current));
        }
        finally
        {
            foreach (var walk in walks) walk.Dispose();
        }
    }
}
