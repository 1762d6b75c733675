using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace Tapestry.Tests.Architecture;

/// <summary>The built product as the architecture tests see it: its types, and for each the folder of <c>src/Tapestry</c> that its source lies in.</summary>
static class ProductAssembly
{
    // A type without a method body tells its documents by this kind of debug information (portable PDB, TypeDefinitionDocuments).
    static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    static readonly Lazy<Dictionary<Type, string>> Folders = new(ReadFolders);

    internal static Assembly Assembly => typeof(Tensor).Assembly;

    /// <summary>All types that were written by hand, nested ones and those made by the compiler for lambdas and iterators included.</summary>
    internal static IEnumerable<Type> Types => Folders.Value.Keys;

    /// <summary>The path of the source file below <c>src/Tapestry</c>, with '/'; null for what a generator wrote.</summary>
    internal static string? SourceOf(Type type)
    {
        for (var at = type.IsGenericType ? type.GetGenericTypeDefinition() : type; at is not null; at = at.DeclaringType)
        {
            if (Folders.Value.TryGetValue(at, out var path)) return path;
        }

        return null;
    }

    /// <summary>The first folder of the source path, such as <c>Core</c>; null for what a generator wrote.</summary>
    internal static string? FolderOf(Type type) => SourceOf(type)?.Split('/')[0];

    /// <summary>Whether a person wrote the type: the compiler's own carry a name that C# cannot.</summary>
    internal static bool IsWritten(Type type) => !type.Name.Contains('<') && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    static Dictionary<Type, string> ReadFolders()
    {
        var module = Assembly.ManifestModule;
        using var file = File.OpenRead(Path.ChangeExtension(Assembly.Location, ".pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(file);
        var reader = provider.GetMetadataReader();
        var folders = new Dictionary<Type, string>();
        foreach (var handle in reader.MethodDebugInformation)
        {
            var document = reader.GetMethodDebugInformation(handle).Document;
            if (document.IsNil || Below(reader, document) is not { } path) continue;
            var method = module.ResolveMethod(MetadataTokens.GetToken(handle.ToDefinitionHandle()))!;
            folders.TryAdd(method.DeclaringType!, path);
        }

        foreach (var handle in reader.CustomDebugInformation)
        {
            var information = reader.GetCustomDebugInformation(handle);
            if (information.Parent.Kind != HandleKind.TypeDefinition || reader.GetGuid(information.Kind) != TypeDefinitionDocuments) continue;
            var document = MetadataTokens.DocumentHandle(reader.GetBlobReader(information.Value).ReadCompressedInteger());
            if (Below(reader, document) is { } path) folders.TryAdd(module.ResolveType(MetadataTokens.GetToken(information.Parent)), path);
        }

        return folders;
    }

    static string? Below(MetadataReader reader, DocumentHandle document)
    {
        var path = reader.GetString(reader.GetDocument(document).Name).Replace('\\', '/');
        var start = path.LastIndexOf("/src/Tapestry/", StringComparison.Ordinal);
        return start < 0 || path.Contains("/obj/", StringComparison.Ordinal) ? null : path[(start + "/src/Tapestry/".Length)..];
    }
}
