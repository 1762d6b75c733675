using System.Text.Json;
using Tapestry.Keras.Configuration;
using Tapestry.Tests.Golden.Layers;

namespace Tapestry.Tests.Golden;

/// <summary>Compares what strings stand for.</summary>
static class GoldenStrings
{
    /// <summary>Each string of the table gives an object of the class and with the configuration that the original gives, or an error; names that the original forgot give their class.</summary>
    internal static void Check(GoldenCase golden, GoldenCheck check, Func<string, object> find, Func<object, IReadOnlyDictionary<string, object?>> config, Func<string, bool> known, params string[] forgotten)
    {
        foreach (var entry in golden.Object.Document.GetProperty("strings").EnumerateObject())
        {
            var name = entry.Value.GetProperty("name").GetString()!;
            if (entry.Value.GetProperty("kind").GetString() == "error")
            {
                if (forgotten.Contains(entry.Name)) check.Equal(entry.Name, entry.Name.ToLowerInvariant(), ObjectNames.Of(find(entry.Name).GetType()).ToLowerInvariant());
                else check.Refuses(entry.Name, () => find(entry.Name));
                continue;
            }

            object found;
            try
            {
                found = find(entry.Name);
            }
            catch (TapestryException) when (!known(name))
            {
                // The string names an object that has no implementation yet.
                continue;
            }
            catch (TapestryException refusal)
            {
                check.Fail(entry.Name, refusal.Message);
                continue;
            }

            var actual = entry.Value.GetProperty("kind").GetString() == "function" ? ObjectNames.ToSnakeCase(ObjectNames.Of(found.GetType())) : ObjectNames.Of(found.GetType());
            check.Equal(entry.Name, name, actual);
            if (entry.Value.TryGetProperty("config", out var expected)) CompareConfigs(check, entry.Name, expected, config(found));
        }
    }

    /// <summary>Values equal; what the original leaves out, a name drawn from a counter among it, is not compared.</summary>
    internal static void CompareConfigs(GoldenCheck check, string what, JsonElement expected, IReadOnlyDictionary<string, object?> actual)
    {
        foreach (var entry in expected.EnumerateObject())
        {
            if (entry.Name == "name") continue;
            if (!actual.TryGetValue(entry.Name, out var value)) check.Fail($"{what}.{entry.Name}", "is missing");
            else if (entry.Value.ValueKind == JsonValueKind.Number) check.Close($"{what}.{entry.Name}", entry.Value.GetDouble(), Convert.ToDouble(value), 0, 1e-6);
            else if (entry.Value.ValueKind == JsonValueKind.Array) check.Equal($"{what}.{entry.Name}", LayerConfigCheck.Text(GoldenConfig.Value(entry.Value)), LayerConfigCheck.Text(value));
            else if (entry.Value.ValueKind != JsonValueKind.Object) check.Equal($"{what}.{entry.Name}", GoldenConfig.Value(entry.Value)?.ToString(), value?.ToString());
        }
    }
}
