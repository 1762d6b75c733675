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

    /// <summary>A number of the text.</summary>
    internal double Number(string name) => golden.Field("numbers")!.Value.GetProperty(name).GetDouble();

    /// <summary>Compares a tensor, or its absence.</summary>
    internal void Is(string name, Tensor? actual)
    {
        var expected = Expected(name);
        if (expected.TryGetProperty("value", out _)) check.Matches(name, expected, actual);
        else check.True(name, expected.GetProperty("equals").ValueKind == JsonValueKind.Null && actual is null, $"got {actual}, expected {expected}");
    }

    /// <summary>Compares complex numbers, which are stored as pairs of their parts.</summary>
    internal void IsComplex(string name, Tensor actual)
    {
        var expected = Expected(name);
        check.Equal($"{name}: dtype", expected.GetProperty("dtype").GetString(), actual.DType.Name);
        check.Close(name, golden.Object.Array(expected.GetProperty("value").GetString()!), Ops.Stack([Ops.Real(actual), Ops.Imag(actual)], -1), expected.GetProperty("atol").GetDouble(), expected.GetProperty("rtol").GetDouble());
    }

    /// <summary>Compares a plain value; numbers by their values.</summary>
    internal void Equals(string name, object actual)
    {
        var expected = Expected(name).GetProperty("equals");
        var given = JsonSerializer.SerializeToElement(actual);
        check.True(name, JsonElement.DeepEquals(expected, given), $"got {given}, expected {expected}");
    }

    /// <summary>
    /// Makes the calls of a list <c>[call, number of traces, error]</c> and compares the number after each. A call without an action has no counterpart here.
    /// </summary>
    internal void Calls(string name, Func<int> traces, IReadOnlyDictionary<string, Action?> calls)
    {
        foreach (var row in Expected(name).GetProperty("equals").EnumerateArray())
        {
            var call = row[0].GetString()!;
            if (calls[call] is not { } action) continue;
            if (row.GetArrayLength() > 2) check.Refuses($"{name}: {call}", action);
            else action();
            check.Equal($"{name}: {call}", row[1].GetInt32(), traces());
        }
    }

    /// <summary>Compares which steps of <c>{step: "accepted" or "error:Kind"}</c> are refused. A step without an action is no matter here.</summary>
    internal void Outcomes(string name, IReadOnlyDictionary<string, Action?> steps)
    {
        foreach (var entry in Expected(name).GetProperty("equals").EnumerateObject())
        {
            if (steps[entry.Name] is not { } step) continue;
            if (entry.Value.GetString()!.StartsWith("error:", StringComparison.Ordinal)) check.Refuses($"{name}: {entry.Name}", step);
            else step();
        }

        check.True(name, true, "");
    }

    /// <summary>A step that is refused.</summary>
    internal void Refuses(string name, Action step)
    {
        var expected = Expected(name);
        var refused = expected.TryGetProperty("error", out _) || (expected.TryGetProperty("equals", out var kind) && kind.GetString()!.StartsWith("error:", StringComparison.Ordinal));
        check.True(name, refused, "the original does not refuse it");
        check.Refuses(name, step);
    }

    /// <summary>Leaves out expectations that have no counterpart here.</summary>
    internal void Leave(string reason, params IEnumerable<string> names)
    {
        Assert.NotEmpty(reason);
        foreach (var name in names) Expected(name);
    }

    /// <summary>Leaves out the whole program.</summary>
    internal void Missing(string what) => check.Missing(what);

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
