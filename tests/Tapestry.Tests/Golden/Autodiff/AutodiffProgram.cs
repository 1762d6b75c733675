using System.Text.Json;

namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>One described program: its inputs by name, and its expectations, each of which has to be met or left out with a reason.</summary>
sealed class AutodiffProgram(GoldenCase golden, GoldenCheck check)
{
    readonly HashSet<string> done = [];

    /// <summary>An input.</summary>
    internal Tensor this[string name] => golden.Tensor(golden.Field("inputs")!.Value.GetProperty(name));

    /// <summary>An input as the value of a variable.</summary>
    internal Variable Variable(string name) => new(this[name], name: name);

    /// <summary>Compares a tensor, or its absence.</summary>
    internal void Is(string name, Tensor? actual)
    {
        var expected = Expected(name);
        if (expected.TryGetProperty("value", out _)) check.Matches(name, expected, actual);
        else check.True(name, expected.GetProperty("equals").ValueKind == JsonValueKind.Null && actual is null, $"got {actual}, expected {expected}");
    }

    /// <summary>Compares a plain value.</summary>
    internal void Equals(string name, object actual) => check.Equal(name, Expected(name).GetProperty("equals").GetRawText().Replace(" ", "", StringComparison.Ordinal), JsonSerializer.Serialize(actual));

    /// <summary>A step that is refused.</summary>
    internal void Refuses(string name, Action step)
    {
        check.True(name, Expected(name).TryGetProperty("error", out _), "the original does not refuse it");
        check.Refuses(name, step);
    }

    /// <summary>Leaves out expectations that have no counterpart here.</summary>
    internal void Leave(string reason, params IEnumerable<string> names)
    {
        Assert.NotEmpty(reason);
        foreach (var name in names) Expected(name);
    }

    /// <summary>Leaves out the whole program.</summary>
    internal void Skip(string reason) => check.Skip(reason);

    /// <summary>Complains of expectations that nobody looked at.</summary>
    internal void RequireAll()
    {
        foreach (var expected in golden.List("expected"))
        {
            if (expected.GetProperty("name").GetString() is { } name && !done.Contains(name)) check.Fail(name, "was not compared");
        }
    }

    JsonElement Expected(string name)
    {
        done.Add(name);
        return golden.List("expected").First(entry => entry.GetProperty("name").GetString() == name);
    }
}
