using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Tapestry.Tests.Architecture;

/// <summary>Everything that a user can call is documented.</summary>
[Trait("Category", "Quick")]
public class DocumentationTests
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Lazy<Dictionary<string, XElement>> Entries = new(() =>
        XDocument.Load(Path.ChangeExtension(ProductAssembly.Assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value));

    [Fact]
    public void EveryPublicMemberIsDocumented()
    {
        var faults =
            from type in ProductAssembly.Assembly.GetTypes()
            where type.IsVisible && ProductAssembly.IsWritten(type)
            from member in Members(type).Prepend(type)
            where !IsDocumented(member)
            select DocumentationId.Of(member);
        Assert.Equal([], faults);
    }

    [Fact]
    public void TheTestSeesMembersOfEveryKind()
    {
        string[] ids = ["T:Tapestry.Tensor", "P:Tapestry.Tensor.Shape", "P:Tapestry.Shape.Item(System.Int32)", "M:Tapestry.Tensor.Item``1", "M:Tapestry.Tensor.op_Implicit(System.Single)~Tapestry.Tensor"];
        var found = ProductAssembly.Assembly.GetTypes().Where(type => type.IsVisible).SelectMany(type => Members(type).Prepend(type)).Select(DocumentationId.Of).ToHashSet();
        Assert.All(ids, id => Assert.Contains(id, found));
        Assert.All(ids, id => Assert.True(Entries.Value.ContainsKey(id), id));
    }

    static IEnumerable<MemberInfo> Members(Type type)
    {
        if (type.IsAssignableTo(typeof(Delegate))) return [];
        return type.GetMembers(Declared).Where(member => member is not Type && IsOffered(member) && !IsMadeByTheCompiler(member, type));
    }

    static bool IsOffered(MemberInfo member) => member switch
    {
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsOffered),
        EventInfo happening => IsOffered(happening.AddMethod!),
        _ => false,
    };

    static bool IsMadeByTheCompiler(MemberInfo member, Type type) => member switch
    {
        MethodInfo method => method.IsDefined(typeof(CompilerGeneratedAttribute)) || (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal)),
        // A constructor without parameters says no more than its type; the copy constructor of a record cannot be written about.
        ConstructorInfo constructor => constructor.GetParameters() is [] || (constructor.GetParameters() is [{ ParameterType: var only }] && only == type),
        PropertyInfo property => property.Name == "EqualityContract",
        FieldInfo field => field.Name == "value__",
        _ => false,
    };

    static bool IsDocumented(MemberInfo member)
    {
        if (Entries.Value.TryGetValue(DocumentationId.Of(member), out var entry) && HasText(entry)) return true;

        // The parameters of a record, and of a primary constructor, are described at the type.
        if (member is Type || !Entries.Value.TryGetValue(DocumentationId.Of(member.DeclaringType!), out var owner)) return false;
        var described = owner.Elements("param").Where(parameter => parameter.Value.Trim().Length > 0).Select(parameter => parameter.Attribute("name")!.Value).ToHashSet();
        return member switch
        {
            PropertyInfo property => described.Contains(property.Name),
            ConstructorInfo constructor => constructor.GetParameters().All(parameter => described.Contains(parameter.Name!)),
            _ => false,
        };
    }

    static bool HasText(XElement entry) => entry.Elements("inheritdoc").Any() || entry.Elements("summary").Any(summary => summary.Value.Trim().Length > 0 || summary.HasElements);
}
