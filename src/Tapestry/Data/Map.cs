namespace Tapestry;

/// <summary>Changes every element by a function.</summary>
public static class MapTransformation
{
    extension(Dataset dataset)
    {
        /// <summary>Changes every element.</summary>
        /// <param name="function">From an element to what replaces it.</param>
        public Dataset Map(Func<Nest, Nest> function) => new Sequence("Map", dataset.Cardinality, () => dataset.Select(function));

        /// <summary>Changes every element that is one tensor.</summary>
        /// <param name="function">From a tensor to what replaces it.</param>
        public Dataset Map(Func<Tensor, Tensor> function) => dataset.Map(element => (Nest)function(element.Single()));

        /// <summary>Changes every element that is a pair, usually of features and target.</summary>
        /// <param name="function">From a pair to what replaces it.</param>
        public Dataset Map(Func<Tensor, Tensor, (Tensor, Tensor)> function) => dataset.Map(element => (Nest)function(element[0].Single(), element[1].Single()));

        /// <summary>Keeps the elements that satisfy a condition.</summary>
        /// <param name="predicate">Whether an element stays.</param>
        public Dataset Filter(Func<Nest, bool> predicate) => new Sequence("Filter", null, () => dataset.Where(predicate));
    }
}
