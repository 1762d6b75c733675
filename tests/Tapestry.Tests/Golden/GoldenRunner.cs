namespace Tapestry.Tests.Golden;

/// <summary>What came out of all cases of one object.</summary>
sealed record GoldenOutcome(int Passed, int Failed, int Skipped, double Worst, string? FirstFailure, IReadOnlyList<string> Failures)
{
    /// <summary>What was missing, by the name of the case that was skipped for it.</summary>
    internal IReadOnlyDictionary<string, string> Skips { get; init; } = new Dictionary<string, string>();
}

/// <summary>Runs the cases of an object.</summary>
static class GoldenRunner
{
    /// <summary>Runs all cases; without an adapter they count as skipped.</summary>
    internal static GoldenOutcome Run(GoldenObject golden, IGoldenAdapter? adapter)
    {
        var cases = golden.Cases;
        if (adapter is null) return new(0, 0, cases.Count, 0, null, []) { Skips = cases.ToDictionary(each => each.Name, _ => golden.Name) };
        var (passed, worst) = (0, 0.0);
        var skips = new Dictionary<string, string>();
        var failures = new List<string>();
        foreach (var each in cases)
        {
            var check = new GoldenCheck(each);
            var faults = Run(each, adapter, check, out var missing);
            worst = Math.Max(worst, check.Worst);
            if (missing is not null) skips[each.Name] = missing;
            else if (faults.Count == 0) passed++;
            else failures.Add($"{each.Name}: {string.Join("; ", faults)}");
        }

        return new(passed, failures.Count, skips.Count, worst, failures.FirstOrDefault(), failures) { Skips = skips };
    }

    // The faults of a case, or what is missing to run it.
    static IReadOnlyList<string> Run(GoldenCase golden, IGoldenAdapter adapter, GoldenCheck check, out string? missing)
    {
        missing = null;
        try
        {
            adapter.Run(golden, check);
            return check.Count == 0 ? ["nothing was checked"] : check.Faults;
        }
        catch (GoldenSkipException skip)
        {
            missing = skip.Missing;
            return [];
        }
        catch (Exception fault)
        {
            var place = fault.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault();
            return [.. check.Faults, $"{fault.GetType().Name}: {fault.Message} {place}"];
        }
    }
}
