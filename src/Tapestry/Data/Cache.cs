namespace Tapestry;

/// <summary>Keeps elements in memory.</summary>
public static class CacheTransformation
{
    extension(Dataset dataset)
    {
        /// <summary>Keeps the elements of the first complete walk, and gives those from then on.</summary>
        public Dataset Cache() => new Cached(dataset);
    }

    sealed class Cached(Dataset dataset) : Dataset
    {
        List<Nest>? kept;

        public override long? Cardinality => kept?.Count ?? dataset.Cardinality;

        public override IEnumerator<Nest> GetEnumerator() => kept is { } all ? all.GetEnumerator() : Fill();

        IEnumerator<Nest> Fill()
        {
            var elements = new List<Nest>();
            foreach (var element in dataset)
            {
                elements.Add(element);
                yield return element;
            }

            kept = elements;
        }
    }
}
