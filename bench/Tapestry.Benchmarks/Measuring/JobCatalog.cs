namespace Tapestry.Benchmarks.Measuring;

/// <summary>All jobs of this program, found by looking at its types.</summary>
static class JobCatalog
{
    /// <summary>New jobs, in the order of their folders and names.</summary>
    /// <param name="parts">Only jobs whose names contain one of these; all when empty.</param>
    internal static Job[] Find(IReadOnlyList<string> parts) =>
    [
        .. typeof(JobCatalog).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Job)) && !type.IsAbstract)
            .OrderBy(type => type.Namespace, StringComparer.Ordinal)
            .SelectMany(Create)
            .Where(job => parts.Count == 0 || parts.Any(part => job.Name.Contains(part, StringComparison.OrdinalIgnoreCase))),
    ];

    // A class with a static list of variants (sizes, for example) gives one job for each.
    static IEnumerable<Job> Create(Type type)
    {
        var variants = type.GetProperty("Variants");
        return variants is null ? [(Job)Activator.CreateInstance(type)!] : (IEnumerable<Job>)variants.GetValue(null)!;
    }
}
