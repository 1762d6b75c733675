using System.Reflection;

namespace Tapestry.Tests.Architecture;

/// <summary>The name by which an XML documentation file calls a member (C# specification, annex D.4.2).</summary>
static class DocumentationId
{
    internal static string Of(MemberInfo member) => member switch
    {
        Type type => "T:" + Name(type),
        FieldInfo field => $"F:{Name(field.DeclaringType!)}.{field.Name}",
        EventInfo happening => $"E:{Name(happening.DeclaringType!)}.{happening.Name}",
        PropertyInfo property => $"P:{Name(property.DeclaringType!)}.{property.Name.Replace('.', '#')}{Parameters(property.GetIndexParameters())}",
        MethodBase method => $"M:{Name(method.DeclaringType!)}.{method.Name.Replace('.', '#')}{Arity(method)}{Parameters(method.GetParameters())}{Conversion(method)}",
        _ => throw new ArgumentException($"{member} has no documentation", nameof(member)),
    };

    static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    static string Arity(MethodBase method) => method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";

    static string Conversion(MethodBase method) => method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? "~" + Reference(conversion.ReturnType) : "";

    static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(",", parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    static string Reference(Type type)
    {
        if (type.IsByRef) return Reference(type.GetElementType()!) + "@";
        if (type.IsPointer) return Reference(type.GetElementType()!) + "*";
        if (type.IsArray) return Reference(type.GetElementType()!) + (type.GetArrayRank() == 1 ? "[]" : $"[{string.Join(",", Enumerable.Repeat("0:", type.GetArrayRank()))}]");
        if (type.IsGenericParameter) return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType) return Name(type);

        // The arguments of an outer type come first, each list behind the type that it belongs to.
        var arguments = type.GetGenericArguments();
        var (text, used) = ("", 0);
        var chain = new Stack<Type>();
        for (var at = type; at is not null; at = at.DeclaringType) chain.Push(at);
        foreach (var part in chain)
        {
            var name = part.DeclaringType is null ? Name(part) : "." + part.Name;
            var total = part.IsGenericType ? part.GetGenericArguments().Length : 0;
            text += total > used ? $"{name[..name.IndexOf('`')]}{{{string.Join(",", arguments[used..total].Select(Reference))}}}" : name;
            used = Math.Max(used, total);
        }

        return text;
    }
}
