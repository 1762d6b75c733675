using System.Text.Json;
using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Golden;

/// <summary>Makes Keras objects from the configurations of the golden files.</summary>
static class GoldenConfig
{
    /// <summary>A JSON value in the form that configurations have in .NET.</summary>
    internal static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Value(entry.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? (object)json.GetInt64() : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The configuration of a case.</summary>
    internal static Dictionary<string, object?> Of(GoldenCase golden) =>
        golden.Field("config") is { } config ? (Dictionary<string, object?>)Value(config)! : [];

    /// <summary>Whether a class of a kind has the name of an object.</summary>
    internal static bool Knows<T>(GoldenObject golden) => ObjectRegistry.Find(typeof(T), golden.Name) is { } type && ObjectNames.Of(type) == golden.Name;

    /// <summary>Whether an object of this name has an implementation.</summary>
    internal static bool Knows<T>(string name) => ObjectRegistry.Find(typeof(T), name) is not null;

    /// <summary>The object that a case is about.</summary>
    internal static T Create<T>(GoldenCase golden, Dictionary<string, object?>? config = null) =>
        (T)ObjectConfig.Create(ObjectRegistry.Find(typeof(T), golden.Object.Name)!, config ?? Of(golden));
}
