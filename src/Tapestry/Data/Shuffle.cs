namespace Tapestry;

/// <summary>Brings elements into a random order.</summary>
public static class ShuffleTransformation
{
    extension(Dataset dataset)
    {
        /// <summary>
        /// Fills a buffer, and gives in turn a random one of its elements and refills its place. A buffer as large as the dataset shuffles evenly.
        /// </summary>
        /// <param name="bufferSize">The number of elements in the buffer.</param>
        /// <param name="seed">The same seed gives the same order; null draws one.</param>
        /// <param name="reshuffleEachIteration">Whether every walk has another order.</param>
        /// <exception cref="TapestryException">The size is below 1.</exception>
        public Dataset Shuffle(int bufferSize, int? seed = null, bool reshuffleEachIteration = true)
        {
            if (bufferSize < 1) throw new TapestryException("Dataset.Shuffle", "the buffer size is below 1", bufferSize.ToString(), "1 or more");
            var start = (ulong)(uint)(seed ?? System.Random.Shared.Next());
            var walks = 0;
            return new Sequence("Shuffle", dataset.Cardinality, () => Shuffled(dataset, bufferSize, start * 0x9E3779B97F4A7C15 + (ulong)(reshuffleEachIteration ? Interlocked.Increment(ref walks) : 0)));
        }
    }

    static IEnumerable<Nest> Shuffled(Dataset dataset, int bufferSize, ulong state)
    {
        var buffer = new List<Nest>(Math.Min(bufferSize, 1 << 16));
        foreach (var element in dataset)
        {
            if (buffer.Count < bufferSize)
            {
                buffer.Add(element);
                continue;
            }

            var at = Draw(ref state, buffer.Count);
            var chosen = buffer[at];
            buffer[at] = element;
            yield return chosen;
        }

        while (buffer.Count > 0)
        {
            var at = Draw(ref state, buffer.Count);
            yield return buffer[at];
            buffer[at] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
        }
    }

    // SplitMix64: the order must not depend on the generator of a .NET version.
    static int Draw(ref ulong state, int count)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)Math.BigMul(z ^ (z >> 31), (ulong)count, out _);
    }
}
