using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Tapestry.Keras.Configuration;

/// <summary>
/// Finds classes by the strings that stand for them. The classes of this assembly are found by a scan, once per kind (optimizers, losses,
/// layers); other assemblies announce theirs. The file ILLink.Descriptors.xml keeps the classes when a program is trimmed.
/// </summary>
static class ObjectRegistry
{
    const string Kept = "ILLink.Descriptors.xml keeps every type below Tapestry.Keras.";

    static readonly Lock searching = new();
    static readonly Dictionary<Type, Dictionary<string, Type>> kinds = [];
    static readonly List<Type> announced = [];

    /// <summary>Announces a class of another assembly.</summary>
    internal static void Announce(Type type)
    {
        lock (searching)
        {
            announced.Add(type);
            kinds.Clear();
        }
    }

    /// <summary>The class of a kind that a name stands for, or null.</summary>
    /// <param name="kind">The base class.</param>
    /// <param name="name">A class name, that name in snake_case, or an alias.</param>
    /// <param name="ignoreCase">Whether it is the class name without regard to capitals, as with optimizers, where Keras knows no snake_case.</param>
    internal static Type? Find(Type kind, string name, bool ignoreCase = false)
    {
        var names = NamesOf(kind);
        if (ignoreCase) return names.Values.FirstOrDefault(type => string.Equals(ObjectNames.Of(type), name, StringComparison.OrdinalIgnoreCase));
        return names.GetValueOrDefault(name);
    }

    /// <summary>The object that a name stands for, made with the defaults of its class.</summary>
    /// <exception cref="TapestryException">Nothing of this kind has the name, or its class needs arguments.</exception>
    internal static T Create<T>(string name, bool ignoreCase = false)
        where T : class
    {
        var type = Find(typeof(T), name, ignoreCase) is { } found && StandsForObject(found) ? found : throw new TapestryException(
            typeof(T).Name,
            $"nothing of this name is known",
            $"\"{name}\"",
            $"one of {string.Join(", ", NamesOf(typeof(T)).Where(entry => StandsForObject(entry.Value)).Select(entry => ignoreCase ? ObjectNames.Of(entry.Value).ToLowerInvariant() : entry.Key).Where(key => !key.Any(char.IsAsciiLetterUpper)).Distinct().Order(StringComparer.Ordinal).Select(key => $"\"{key}\""))}",
            "Mind the spelling, or give an object instead of a name.");
        return (T)ObjectConfig.Create(type, ObjectConfig.Empty);
    }

    /// <summary>All concrete classes of a kind.</summary>
    internal static IReadOnlyList<Type> All(Type kind) => [.. NamesOf(kind).Values.Distinct()];

    static bool StandsForObject(Type type) => type.GetCustomAttribute<KerasNameAttribute>(false)?.StandsForObject ?? true;

    static Dictionary<string, Type> NamesOf(Type kind)
    {
        lock (searching)
        {
            if (!kinds.TryGetValue(kind, out var names)) kinds.Add(kind, names = Scan(kind));
            return names;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Kept)]
    static Dictionary<string, Type> Scan(Type kind)
    {
        var names = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in typeof(ObjectRegistry).Assembly.GetTypes().Concat(announced))
        {
            if (type.IsAbstract || !type.IsVisible || !kind.IsAssignableFrom(type)) continue;
            var name = ObjectNames.Of(type);
            names[name] = type;
            names[ObjectNames.ToSnakeCase(name)] = type;
            foreach (var alias in type.GetCustomAttribute<KerasNameAttribute>(false)?.Aliases ?? []) names[alias] = type;
        }

        return names;
    }
}
