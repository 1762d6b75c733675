namespace Tapestry.Tests.Golden;

/// <summary>What came out of all cases of one object.</summary>
sealed record GoldenOutcome(int Passed, int Failed, int Skipped, double Worst, string? FirstFailure, IReadOnlyList<string> Failures);

/// <summary>Runs the cases of an object.</summary>
static class GoldenRunner
{
    /// <summary>Runs all cases; without an adapter they count as skipped.</summary>
    internal static GoldenOutcome Run(GoldenObject golden, IGoldenAdapter? adapter)
    {
        var cases = golden.Cases;
        if (adapter is null) return new(0, 0, cases.Count, 0, null, []);
        var (passed, skipped, worst) = (0, 0, 0.0);
        var failures = new List<string>();
        foreach (var each in cases)
        {
            var check = new GoldenCheck(each);
            var faults = Run(each, adapter, check);
            worst = Math.Max(worst, check.Worst);
            if (faults is null) skipped++;
            else if (faults.Count == 0) passed++;
            else failures.Add($"{each.Name}: {string.Join("; ", faults)}");
        }

        return new(passed, failures.Count, skipped, worst, failures.FirstOrDefault(), failures);
    }

    // The faults of a case; null when it was skipped.
    static IReadOnlyList<string>? Run(GoldenCase golden, IGoldenAdapter adapter, GoldenCheck check)
    {
        try
        {
            adapter.Run(golden, check);
            return check.Count == 0 ? ["nothing was checked"] : check.Faults;
        }
        catch (GoldenSkipException)
        {
            return null;
        }
        catch (Exception fault)
        {
            var place = fault.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault();
            return [.. check.Faults, $"{fault.GetType().Name}: {fault.Message} {place}"];
        }
    }
}
