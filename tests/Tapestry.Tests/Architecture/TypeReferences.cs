using System.Reflection;
using System.Reflection.Emit;

namespace Tapestry.Tests.Architecture;

/// <summary>Finds the types that a type refers to: in its bases, signatures and the instructions of its methods.</summary>
static class TypeReferences
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<ushort, OperandType> Operands =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (ushort)code.Value, code => code.OperandType);

    /// <summary>The types of the product that a type refers to, generic arguments taken apart.</summary>
    internal static HashSet<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        Add(type.BaseType);
        foreach (var contract in type.GetInterfaces()) Add(contract);
        foreach (var field in type.GetFields(Declared)) Add(field.FieldType);
        foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            if (method is MethodInfo { ReturnType: var result }) Add(result);
            foreach (var parameter in method.GetParameters()) Add(parameter.ParameterType);
            if (method.GetMethodBody() is not { } body) continue;
            foreach (var local in body.LocalVariables) Add(local.LocalType);
            foreach (var token in Tokens(body.GetILAsByteArray()!)) AddMember(Resolve(method, token));
        }

        return found;

        void AddMember(MemberInfo? member)
        {
            if (member is Type referred) Add(referred);
            else Add(member?.DeclaringType);
            if (member is MethodInfo { IsGenericMethod: true } generic) foreach (var argument in generic.GetGenericArguments()) Add(argument);
        }

        void Add(Type? referred)
        {
            while (referred is { HasElementType: true }) referred = referred.GetElementType();
            if (referred is null or { IsGenericParameter: true }) return;
            foreach (var argument in referred.GetGenericArguments()) if (!argument.IsGenericParameter) Add(argument);
            if (referred.IsGenericType) referred = referred.GetGenericTypeDefinition();
            if (referred.Assembly == ProductAssembly.Assembly) found.Add(referred);
        }
    }

    static MemberInfo? Resolve(MethodBase method, int token)
    {
        var type = method.DeclaringType!;
        var typeArguments = type.IsGenericType ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, typeArguments, methodArguments);
    }

    // The metadata tokens in the instructions of a method, strings and call-site signatures left out.
    static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (ushort)(0xFE00 | code[at + 1]) : code[at];
            at += value > 0xFF ? 2 : 1;
            switch (Operands[value])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at += 1;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return BitConverter.ToInt32(code, at);
                    at += 4;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }
}
