using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>Finds the variables and modules that the fields of a module hold.</summary>
static class ModuleFields
{
    const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    static readonly ConcurrentDictionary<Type, FieldInfo[]> fields = new();

    /// <summary>What the fields of a module hold at this moment.</summary>
    internal static ModuleMembers Read(Module module)
    {
        var members = new ModuleMembers();
        var type = module.GetType();
        if (!fields.TryGetValue(type, out var known)) fields[type] = known = Find(type);
        foreach (var field in known) Visit(field.GetValue(module), members);
        return members;
    }

    static FieldInfo[] Find([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)] Type type)
    {
        var found = new List<FieldInfo>();
        if (type.BaseType is { } parent && parent != typeof(object)) found.AddRange(Find(parent));
        found.AddRange(type.GetFields(Declared).Where(field => CanHold(field.FieldType)));
        return [.. found];
    }

    // Most fields are numbers, names and functions; they are sorted out once per class.
    static bool CanHold(Type type)
    {
        if (type == typeof(object) || type == typeof(Variable) || typeof(Module).IsAssignableFrom(type)) return true;
        if (type == typeof(string) || typeof(Tensor).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type) || type.IsPrimitive || type.IsEnum) return false;
        if (type.IsArray) return CanHold(type.GetElementType()!);
        if (type.IsGenericType) return (type.IsInterface || IsContainer(type)) && type.GetGenericArguments().Any(CanHold);
        return type.IsInterface || IsContainer(type);
    }

    static bool IsContainer(Type type) => typeof(IEnumerable).IsAssignableFrom(type) || typeof(ITuple).IsAssignableFrom(type);

    static void Visit(object? value, in ModuleMembers members)
    {
        switch (value)
        {
            case null or string or Tensor:
                break;
            case Variable variable:
                members.Variables.Add(variable);
                break;
            case Module module:
                members.Modules.Add(module);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++) Visit(tuple[i], members);
                break;
            case Array array when !CanHold(array.GetType().GetElementType()!):
                break;
            case IDictionary dictionary:
                foreach (var entry in dictionary.Values) Visit(entry, members);
                break;
            // Nothing that is computed while it is enumerated: that could have effects.
            case ICollection or IReadOnlyCollection<Module> or IReadOnlyCollection<Variable>:
                foreach (var entry in (IEnumerable)value) Visit(entry, members);
                break;
        }
    }
}
