namespace Tapestry.Compiler;

/// <summary>Converts nests to the types that programs take and give.</summary>
static class NestConversion<T>
{
    static readonly Func<Nest, object?> Convert = Choose();

    /// <summary>The nest as a <typeparamref name="T"/>.</summary>
    internal static T From(Nest nest) => (T)Convert(nest)!;

    static Func<Nest, object?> Choose()
    {
        var type = typeof(T);
        if (type == typeof(Nest)) return nest => nest;
        if (type == typeof(Tensor)) return nest => nest.Kind == NestKind.Leaf ? nest.Leaf is Variable variable ? variable.Value : nest.Leaf : nest.Single();
        if (type.IsAssignableFrom(typeof(Tensor[])) && type != typeof(object)) return nest => nest.Flatten().ToArray();
        if (type == typeof(List<Tensor>)) return nest => nest.Flatten().ToList();
        if (type.IsAssignableFrom(typeof(Dictionary<string, Tensor>)) && type != typeof(object)) return nest => nest.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Single());
        if (type == typeof((Tensor, Tensor))) return nest => (nest[0].Single(), nest[1].Single());
        if (type == typeof((Tensor, Tensor, Tensor))) return nest => (nest[0].Single(), nest[1].Single(), nest[2].Single());
        if (type == typeof((Tensor, Tensor, Tensor, Tensor))) return nest => (nest[0].Single(), nest[1].Single(), nest[2].Single(), nest[3].Single());
        return nest => nest.Leaf;
    }
}
