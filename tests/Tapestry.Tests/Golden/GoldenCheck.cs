using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Tapestry.Tests.Golden;

/// <summary>Collects what an adapter finds while it runs one case.</summary>
sealed class GoldenCheck(GoldenCase golden)
{
    readonly List<string> faults = [];

    /// <summary>What went wrong, in the order of the checks.</summary>
    internal IReadOnlyList<string> Faults => faults;

    /// <summary>The largest error as a multiple of its tolerance.</summary>
    internal double Worst { get; private set; }

    /// <summary>How many checks were made; a case without any has tested nothing.</summary>
    internal int Count { get; private set; }

    /// <summary>Compares with an entry of the file: <c>{"value": key, "atol": …, "rtol": …, "dtype": …, "shape": …, "compare": …}</c> or <c>{"strings": …}</c>.</summary>
    internal void Matches(string what, JsonElement expected, Tensor? actual)
    {
        if (actual is null)
        {
            Fail(what, "there is no tensor");
            return;
        }

        if (expected.TryGetProperty("dtype", out var dtype) && dtype.GetString() is { } name && !name.StartsWith("float8", StringComparison.Ordinal) && actual.DType.Name != name)
        {
            Fail(what, $"dtype {actual.DType}, expected {name}");
            return;
        }

        var stored = expected.TryGetProperty("value", out var key) ? golden.Object.Array(key.GetString()!) : golden.Tensor(expected);
        // Halves are stored as float32, which holds the float64 result better than they do; complex numbers need their own form.
        if (actual.DType.IsComplex) stored = GoldenStorage.Convert(stored, actual.DType.Name);
        var mode = GoldenComparer.Mode(expected.TryGetProperty("compare", out var compare) ? compare.GetString() : null);
        Close(what, stored, actual, Tolerance(expected, "atol"), Tolerance(expected, "rtol"), mode);
    }

    /// <summary>Compares two tensors.</summary>
    internal void Close(string what, Tensor expected, Tensor actual, double atol, double rtol, GoldenMode mode = GoldenMode.Close)
    {
        Count++;
        var result = GoldenComparer.Compare(expected, actual, atol, rtol, mode);
        Worst = Math.Max(Worst, result.Worst);
        if (result.Fault is not null) faults.Add($"{what}: {result.Fault}");
    }

    /// <summary>Compares two numbers.</summary>
    internal void Close(string what, double expected, double actual, double atol, double rtol) =>
        Close(what, TensorFactory.Scalar(DType.Float64, expected), TensorFactory.Scalar(DType.Float64, actual), atol, rtol);

    /// <summary>Compares two values that have no tolerance: names, counts, shapes, texts.</summary>
    internal void Equal<T>(string what, T expected, T actual)
    {
        Count++;
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: got {actual}, expected {expected}"));
    }

    /// <summary>States that something holds.</summary>
    internal void True(string what, bool condition, string otherwise)
    {
        Count++;
        if (!condition) faults.Add($"{what}: {otherwise}");
    }

    /// <summary>States that a call is refused with an error that explains itself; a crash is none.</summary>
    internal void Refuses(string what, Action call)
    {
        Count++;
        try
        {
            call();
            faults.Add($"{what}: was accepted");
        }
        catch (Exception refusal) when (refusal is TapestryException or ArgumentException)
        {
        }
        catch (Exception crash)
        {
            faults.Add($"{what}: crashed instead of refusing: {crash.GetType().Name}: {crash.Message}");
        }
    }

    /// <summary>States that a call gives something or is refused with an error that explains itself: the original's refusal is no rule.</summary>
    internal void MayRefuse(string what, Action call)
    {
        Count++;
        try
        {
            call();
        }
        catch (Exception refusal) when (refusal is TapestryException or ArgumentException)
        {
        }
        catch (Exception crash)
        {
            faults.Add($"{what}: crashed instead of refusing: {crash.GetType().Name}: {crash.Message}");
        }
    }

    /// <summary>Reports a fault.</summary>
    internal void Fail(string what, string fault)
    {
        Count++;
        faults.Add($"{what}: {fault}");
    }

    /// <summary>Ends the case as skipped, because something that it needs does not exist yet. There is no other reason to skip one.</summary>
    /// <param name="what">What is missing: the name of a class, a function or an argument.</param>
    [DoesNotReturn]
    internal void Missing(string what) => throw new GoldenSkipException(what);

    static double Tolerance(JsonElement expected, string name) => expected.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}

/// <summary>Ends a case that cannot be run yet.</summary>
/// <param name="missing">What does not exist.</param>
sealed class GoldenSkipException(string missing) : Exception($"no {missing} yet")
{
    /// <summary>What does not exist.</summary>
    internal string Missing { get; } = missing;
}
