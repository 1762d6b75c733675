using System.Text.Json;

namespace Tapestry.Tests.Golden;

/// <summary>One case: what is called with what, and what must come out.</summary>
sealed record GoldenCase(GoldenObject Object, string Name, JsonElement Json)
{
    /// <summary>The place in the file; most objects state what all cases share in the first.</summary>
    internal int Index { get; init; }

    /// <summary>A field of the case; null when it is absent or null.</summary>
    internal JsonElement? Field(string name) =>
        Json.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    /// <summary>The elements of a list of the case; none when it is absent.</summary>
    internal IEnumerable<JsonElement> List(string name) => Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>
    /// The tensor that a JSON value stands for: an npz key, <c>{"value"/"tensor": key, "dtype": …}</c> or <c>{"strings": …, "shape": …}</c>. With a dtype
    /// that NumPy lacks, or that is stored wider, the values are converted (bfloat16 from float32, complex from a last axis of two).
    /// </summary>
    internal Tensor Tensor(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return Object.Array(value.GetString()!);
        if (value.TryGetProperty("strings", out var strings)) return GoldenStorage.Strings(strings, value.GetProperty("shape"));
        var key = value.TryGetProperty("tensor", out var named) ? named : value.GetProperty("value");
        var stored = Object.Array(key.GetString()!);
        return value.TryGetProperty("dtype", out var dtype) ? GoldenStorage.Convert(stored, dtype.GetString()!) : stored;
    }

    public override string ToString() => $"{Object.Group.Name}/{Object.Name}/{Name}";
}
