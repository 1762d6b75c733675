using System.Globalization;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Layers;

/// <summary>Compares what GetConfig gives with what Keras writes, and makes the layer again from it.</summary>
static class LayerConfigCheck
{
    internal static void Run(GoldenCase golden, GoldenCheck check, Layer layer)
    {
        if (!golden.Object.Document.TryGetProperty("get_config_base", out var document) || golden.Field("get_config_changes") is not { } changes) return;
        var expected = (Dictionary<string, object?>)GoldenConfig.Value(document)!;
        foreach (var (key, value) in (Dictionary<string, object?>)GoldenConfig.Value(changes)!) expected[key] = value;
        foreach (var removed in golden.List("get_config_removed")) expected.Remove(removed.GetString()!);
        var actual = layer.GetConfig();
        check.Equal("keys of the configuration", string.Join(" ", expected.Keys.Order(StringComparer.Ordinal)), string.Join(" ", actual.Keys.Order(StringComparer.Ordinal)));
        foreach (var (key, value) in expected)
        {
            // Automatic names are numbered by what else was made.
            if (key == "name" && !GoldenConfig.Of(golden).ContainsKey("name")) continue;
            if (actual.TryGetValue(key, out var got)) check.Equal($"configuration of {key}", Text(value), Text(got));
        }

        check.Equal("configuration of the layer made from it", Text(actual), Text(Layer.FromConfig(golden.Object.Name, actual).GetConfig()));
    }

    /// <summary>A configuration as a text in which equal ones are equal: keys are sorted, and whole numbers lose their point.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        long or int => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("G7", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, object?> dictionary => $"{{{string.Join(", ", dictionary.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}: {Text(entry.Value)}"))}}}",
        IEnumerable<object?> list => $"[{string.Join(", ", list.Select(Text))}]",
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => value.ToString()!,
    };
}
