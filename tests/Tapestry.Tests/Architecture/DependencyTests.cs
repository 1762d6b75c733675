namespace Tapestry.Tests.Architecture;

/// <summary>Dependencies between the folders of the product point one way.</summary>
[Trait("Category", "Quick")]
public class DependencyTests
{
    // A folder may use what it names, and itself. "Public x" leaves the folder's own machinery out: there only public types that are no operation may be used.
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernels"] = [],
        ["Core"] = ["Kernels"],
        ["Runtime"] = ["Core", "Kernels"],
        ["Operations"] = ["Runtime", "Core", "Kernels"],
        ["Autodiff"] = ["Runtime", "Core", "Public Operations"],
        ["Compiler"] = ["Runtime", "Core", "Kernels", "Autodiff", "Public Operations"],
        ["Data"] = ["Runtime", "Core", "IO", "Public Operations"],
        ["IO"] = ["Core"],
        ["Keras"] = ["Runtime", "Core", "Data", "IO", "Public Compiler", "Public Autodiff", "Public Operations"],
    };

    // Where a source path may use more than its folder, and why.
    static readonly (string From, string To, string Reason)[] Exceptions =
    [
        ("Core/Nest", "Runtime", "a structure may hold variables, which stand for their values"),
        ("Core/Tensor", "Public Operations", "an indexer cannot be an extension, and stands for the operation GetItem"),
        ("Runtime/Variable", "Public Operations", "assignments are written with the operations that they stand for"),
        ("Runtime/GradientContext", "Public Operations", "gradients are written in public operations"),
        ("Operations/Control/", "Compiler", "branches and loops trace their bodies"),
        ("Operations/Nn/RecurrentDerivatives", "Autodiff", "the gradient of a gradient is that of the same recurrence step by step"),
        ("Keras/Initializers/RandomInitializer", "Kernels", "draws straight from the random streams"),
        ("Keras/Optimizers/", "Kernels", "an update is one pass over all weights"),
        ("Keras/Training/CompiledStep", "Compiler", "a step takes any number of tensors without allocating"),
    ];

    public static TheoryData<string> Folders => [.. Directory.GetDirectories(Repository.PathOf("src", "Tapestry")).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj"))];

    [Theory, MemberData(nameof(Folders))]
    public void PointOneWay(string folder)
    {
        Assert.True(Allowed.ContainsKey(folder), $"src/Tapestry/{folder} is a new folder: say in {nameof(DependencyTests)} what it may use.");
        var faults =
            from type in ProductAssembly.Types
            where ProductAssembly.FolderOf(type) == folder
            from used in TypeReferences.Of(type)
            let owner = ProductAssembly.FolderOf(used)
            where owner is not null && owner != folder && !Rights(type, folder).Any(right => Covers(right, owner, used))
            select $"{folder}/{NameOf(type)} uses {owner}/{NameOf(used)}";
        var list = faults.Distinct().Order().ToArray();
        Assert.True(list.Length == 0, $"{folder} may use {string.Join(", ", Allowed[folder])} only:\n{string.Join('\n', list)}");
    }

    [Fact]
    public void EveryTypeOfTheProductHasAFolder()
    {
        var lost = ProductAssembly.Assembly.GetTypes().Where(type => ProductAssembly.IsWritten(type) && !type.IsNested && ProductAssembly.FolderOf(type) is null);
        Assert.Equal([], lost.Where(type => type.Namespace?.StartsWith("Tapestry", StringComparison.Ordinal) == true).Select(type => type.FullName));
    }

    static IEnumerable<string> Rights(Type type, string folder)
    {
        var source = ProductAssembly.SourceOf(type)!;
        return Allowed[folder].Concat(Exceptions.Where(exception => source.StartsWith(exception.From, StringComparison.Ordinal)).Select(exception => exception.To));
    }

    static bool Covers(string right, string owner, Type used) =>
        right == owner || (right == "Public " + owner && used.IsVisible && !(owner == "Operations" && used.IsAssignableTo(typeof(Op))));

    // Lambdas and iterators count as the type in which they were written.
    static string NameOf(Type type)
    {
        while (type.DeclaringType is { } outer && !ProductAssembly.IsWritten(type)) type = outer;
        return type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Name;
    }
}
