namespace Tapestry.Tests.Golden;

/// <summary>Finds the adapters of this assembly.</summary>
static class GoldenAdapters
{
    static readonly Lazy<IGoldenAdapter[]> All = new(() =>
    [
        .. from type in typeof(GoldenAdapters).Assembly.GetTypes()
           where type.IsAssignableTo(typeof(IGoldenAdapter)) && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null
           select (IGoldenAdapter)Activator.CreateInstance(type)!,
    ]);

    /// <summary>The adapter that runs an object; null when the object has no implementation yet.</summary>
    internal static IGoldenAdapter? Find(GoldenObject golden)
    {
        var found = All.Value.Where(adapter => adapter.Group == golden.Group.Name && adapter.Implements(golden)).ToArray();
        if (found.Length > 1) throw new InvalidOperationException($"{golden.Group.Name}/{golden.Name} has several adapters: {string.Join(", ", found.Select(adapter => adapter.GetType().Name))}.");
        return found.FirstOrDefault();
    }
}
