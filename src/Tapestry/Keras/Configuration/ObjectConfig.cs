using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Tapestry.Keras.Configuration;

/// <summary>
/// Configurations by convention: the keys are the parameters of the public constructor with the most of them, in snake_case, and the values come
/// from the properties of the same names. What is left over when an object is made goes to settable properties.
/// </summary>
/// <remarks>
/// Values are null, bool, long, double, string, lists and dictionaries of those; an object within is
/// <c>{ "module", "class_name", "config", "registered_name" }</c>, as Keras serializes it.
/// </remarks>
static class ObjectConfig
{
    const string Kept = "ILLink.Descriptors.xml keeps every type below Tapestry.Keras, and announced types are annotated.";

    /// <summary>No configuration: the defaults of a class.</summary>
    internal static IReadOnlyDictionary<string, object?> Empty { get; } = new Dictionary<string, object?>();

    /// <summary>The configuration of an object.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Kept)]
    internal static Dictionary<string, object?> Of(object value)
    {
        var config = new Dictionary<string, object?>();
        foreach (var parameter in Constructor(value.GetType()).GetParameters())
        {
            var property = value.GetType().GetProperty(parameter.Name!, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.IgnoreCase)
                ?? throw new TapestryException(value.GetType().Name, $"no property shows the constructor parameter '{parameter.Name}'", remedy: "Give the class a property of that name, so that its configuration can be written.");
            config[ObjectNames.ToKey(parameter.Name!)] = Write(property.GetValue(value));
        }

        return config;
    }

    /// <summary>An object within a configuration, as Keras serializes it.</summary>
    internal static Dictionary<string, object?> Serialize(object value, IReadOnlyDictionary<string, object?> config, string module) =>
        Serialize(ObjectNames.Of(value.GetType()), config, module);

    /// <summary>An object within a configuration, by the name of its class.</summary>
    internal static Dictionary<string, object?> Serialize(string className, IReadOnlyDictionary<string, object?> config, string module) => new()
    {
        ["module"] = module,
        ["class_name"] = className,
        ["config"] = config,
        ["registered_name"] = null,
    };

    /// <summary>Makes an object from its configuration.</summary>
    /// <exception cref="TapestryException">A required value is missing, a key is unknown, or a value does not fit.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
    internal static object Create(Type type, IReadOnlyDictionary<string, object?> config)
    {
        var constructor = Constructor(type);
        var parameters = constructor.GetParameters();
        var left = new HashSet<string>(config.Keys, StringComparer.Ordinal);
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var key = ObjectNames.ToKey(parameters[i].Name!);
            left.Remove(key);
            arguments[i] = config.TryGetValue(key, out var value) ? Read(value, parameters[i].ParameterType, $"{type.Name}.{key}")
                : parameters[i].HasDefaultValue ? parameters[i].DefaultValue
                : throw new TapestryException(type.Name, $"the argument '{key}' has no default", config.Count == 0 ? $"the name \"{ObjectNames.ToSnakeCase(ObjectNames.Of(type))}\" alone" : string.Join(", ", config.Keys), $"a value for '{key}'", $"Create it: new {type.Name}(…).");
        }

        var made = Invoke(constructor, arguments);
        foreach (var key in left)
        {
            var property = type.GetProperties().FirstOrDefault(property => property.CanWrite && ObjectNames.ToKey(property.Name) == key)
                ?? throw new TapestryException(type.Name, $"unknown key '{key}' in the configuration", string.Join(", ", config.Keys), string.Join(", ", parameters.Select(parameter => ObjectNames.ToKey(parameter.Name!))));
            Set(property, made, Read(config[key], property.PropertyType, $"{type.Name}.{key}"));
        }

        return made;
    }

    /// <summary>The object of a serialized one: a dictionary with <c>class_name</c> and <c>config</c>.</summary>
    internal static object Deserialize(Type kind, IReadOnlyDictionary<string, object?> serialized, string subject)
    {
        var name = serialized.TryGetValue("class_name", out var given) && given is string text
            ? text
            : throw new TapestryException(subject, "an object without class_name", string.Join(", ", serialized.Keys), "class_name and config");
        var type = ObjectRegistry.Find(kind, name) ?? throw new TapestryException(subject, $"no {kind.Name} of this class is known", name, remedy: "Announce classes of your own before loading.");
        return Create(type, serialized.GetValueOrDefault("config") as IReadOnlyDictionary<string, object?> ?? Empty);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
    static ConstructorInfo Constructor(Type type) => type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new TapestryException(type.Name, "no public constructor", remedy: "Give the class a public constructor whose parameters are its configuration.");

    static object Invoke(ConstructorInfo constructor, object?[] arguments)
    {
        try
        {
            return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture);
        }
        catch (ArgumentException exception)
        {
            throw new TapestryException(constructor.DeclaringType!.Name, "the configuration does not fit the constructor", inner: exception);
        }
    }

    static void Set(PropertyInfo property, object target, object? value) => property.SetValue(target, value, BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);

    static object? Write(object? value) => value switch
    {
        null or bool or string or long or double => value,
        float number => (double)number,
        int number => (long)number,
        Enum name => ObjectNames.ToSnakeCase(name.ToString()),
        DType dtype => dtype.Name,
        Shape shape => shape.Select(dimension => (object?)(long?)dimension).ToList(),
        ActivationFunction activation => activation.ToConfig(),
        Axes axes => axes.Numbers.Count == 1 ? (long)axes.Numbers[0] : axes.Numbers.Select(object? (axis) => (long)axis).ToList(),
        IConfigurable configurable => configurable.Serialize(),
        IReadOnlyDictionary<string, double> numbers => numbers.ToDictionary(entry => entry.Key, object? (entry) => entry.Value),
        IEnumerable items => items.Cast<object?>().Select(Write).ToList(),
        _ => value.ToString(),
    };

    /// <summary>A value of a configuration as an argument of a type.</summary>
    internal static object? Read(object? value, Type target, string subject)
    {
        if (Nullable.GetUnderlyingType(target) is { } underlying) return value is null ? null : Read(value, underlying, subject);
        if (value is null && target.IsValueType) throw new TapestryException(subject, "the value is null", expected: target.Name);
        if (value is null || target.IsInstanceOfType(value)) return value;
        if (target == typeof(DType) && value is string dtype) return (DType)dtype;
        if (target.IsEnum && value is string name) return EnumValue(target, name, subject);
        if (target == typeof(double) && value is long or int or float) return Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (target == typeof(float) && value is long or int or double) return Convert.ToSingle(value, CultureInfo.InvariantCulture);
        if (target == typeof(int) && (value is long || value is double whole && whole == Math.Floor(whole))) return Convert.ToInt32(value, CultureInfo.InvariantCulture);
        if (target == typeof(long) && (value is int || value is double number && number == Math.Floor(number))) return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        if (value is IReadOnlyDictionary<string, object?> serialized && serialized.ContainsKey("class_name")) return Deserialize(target, serialized, subject);
        if (value is IReadOnlyDictionary<string, object?> numbers && target == typeof(IReadOnlyDictionary<string, double>)) return numbers.ToDictionary(entry => entry.Key, entry => (double)Read(entry.Value, typeof(double), subject)!);
        if (value is IReadOnlyList<object?> items && Elements(items, target, subject) is { } list) return list;
        return Implicit(value, target) ?? throw new TapestryException(subject, $"the value does not convert to {target.Name}", value.ToString(), target.Name);
    }

    static object EnumValue(Type target, string name, string subject)
    {
        foreach (var candidate in Enum.GetNames(target))
        {
            if (ObjectNames.ToSnakeCase(candidate) == name) return Enum.Parse(target, candidate);
        }

        throw new TapestryException(subject, "unknown value", $"\"{name}\"", string.Join(", ", Enum.GetNames(target).Select(ObjectNames.ToSnakeCase)));
    }

    // Only the element types that arguments have, so that no array type is made up at run time.
    static object? Elements(IReadOnlyList<object?> items, Type target, string subject)
    {
        if (target == typeof(Shape)) return Shape.Create([.. items.Select(item => (int?)Read(item, typeof(int?), subject))]);
        if (target.IsAssignableFrom(typeof(int[]))) return List<int>(items, subject);
        if (target.IsAssignableFrom(typeof(double[]))) return List<double>(items, subject);
        if (target.IsAssignableFrom(typeof(float[]))) return List<float>(items, subject);
        if (target.IsAssignableFrom(typeof(string[]))) return List<string>(items, subject);
        return (items.All(item => item is long) ? Implicit(List<int>(items, subject), target) : null)
            ?? (items.All(item => item is long or double) ? Implicit(List<double>(items, subject), target) : null);
    }

    static T[] List<T>(IReadOnlyList<object?> items, string subject) => [.. items.Select(item => (T)Read(item, typeof(T), subject)!)];

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
    static object? Implicit(object value, Type target)
    {
        foreach (var conversion in target.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (conversion.Name != "op_Implicit" || !target.IsAssignableFrom(conversion.ReturnType)) continue;
            var from = conversion.GetParameters()[0].ParameterType;
            var argument = from.IsInstanceOfType(value) ? value
                : value is long number && from == typeof(int) ? Read(number, from, target.Name)
                : null;
            if (argument is not null) return conversion.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [argument], CultureInfo.InvariantCulture);
        }

        return null;
    }
}

/// <summary>An object that can stand within the configuration of another.</summary>
interface IConfigurable
{
    /// <summary>Module, class name and configuration, as Keras serializes objects.</summary>
    IReadOnlyDictionary<string, object?> Serialize();
}
