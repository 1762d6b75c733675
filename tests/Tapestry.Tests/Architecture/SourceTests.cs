using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tapestry.Tests.Architecture;

/// <summary>Sizes of files and types, and words that do not belong into the product.</summary>
[Trait("Category", "Quick")]
public partial class SourceTests
{
    const int LongestFile = 400;
    const int LargestType = 25;

    // Files that may be longer, with the reason. Kernels need none.
    static readonly Dictionary<string, string> LongFiles = new()
    {
    };

    // Types that may have more public names, with the reason. Kernels need none.
    static readonly Dictionary<string, string> LargeTypes = new()
    {
        ["DType"] = "one property for each of sixteen element types",
    };

    static IEnumerable<(string Name, string Path)> Sources => SourcesOf("src");

    static IEnumerable<(string Name, string Path)> SourcesOf(string folder) =>
        from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Repository.PathOf(folder), path).Replace('\\', '/')
        where !name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal)
        select (name, path);

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("samples")]
    public void FilesStayShort(string folder)
    {
        var faults =
            from source in SourcesOf(folder)
            where !(folder == "src" && source.Name.Contains("/Kernels/", StringComparison.Ordinal)) && !LongFiles.ContainsKey(source.Name)
            let lines = File.ReadLines(source.Path).Count()
            where lines > LongestFile
            select $"{source.Name}: {lines} lines, at most {LongestFile}";
        Assert.Equal([], faults);
    }

    [Fact]
    public void ExceptionsAreStillNeeded()
    {
        Assert.Equal([], LongFiles.Keys.Except(Sources.Where(source => File.ReadLines(source.Path).Count() > LongestFile).Select(source => source.Name)));
        Assert.Equal([], LargeTypes.Keys.Except(ProductAssembly.Types.Where(type => PublicNames(type).Count > LargestType).Select(type => type.Name)));
    }

    [Fact]
    public void TypesStaySmall()
    {
        var faults =
            from type in ProductAssembly.Types
            where type.IsVisible && !type.IsEnum && ProductAssembly.FolderOf(type) != "Kernels" && !LargeTypes.ContainsKey(type.Name)
            let names = PublicNames(type)
            where names.Count > LargestType
            select $"{type.FullName}: {names.Count} public names, at most {LargestType}: {string.Join(", ", names)}";
        Assert.Equal([], faults);
    }

    [Fact]
    public void NamesSayWhatTypesDo()
    {
        var faults = ProductAssembly.Assembly.GetTypes().Where(type => ProductAssembly.IsWritten(type) && VagueName().IsMatch(type.Name)).Select(type => type.FullName);
        Assert.Equal([], faults);
    }

    [Fact]
    public void NothingIsLeftUndone()
    {
        var faults =
            from source in Sources
            from line in File.ReadLines(source.Path).Select((text, index) => (Text: text, Number: index + 1))
            where Undone().IsMatch(line.Text)
            select $"{source.Name}:{line.Number}: {line.Text.Trim()}";
        Assert.Equal([], faults);
    }

    [Fact]
    public void PartialIsForGeneratedCode()
    {
        var faults =
            from source in Sources
            let text = File.ReadAllText(source.Path)
            where PartialType().IsMatch(text) && !text.Contains("[GeneratedRegex", StringComparison.Ordinal) && !text.Contains("[JsonSerializable", StringComparison.Ordinal)
                && !text.Contains("[LibraryImport", StringComparison.Ordinal)
            select source.Name;
        Assert.Equal([], faults);
    }

    // Overloads are one name, and so are all conversions. What the compiler adds to records does not count.
    static SortedSet<string> PublicNames(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var members = type.GetMembers(Declared).Where(member => member switch
        {
            MethodInfo method => !method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
            ConstructorInfo or Type => false,
            _ => true,
        });
        return [.. members.Select(member => member.Name)];
    }

    [GeneratedRegex("(Util|Utils|Utility|Utilities|Helper|Helpers|Manager)(`|$)")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Undone();

    [GeneratedRegex(@"^\s*[\w ]*\bpartial (class|struct|record|interface)\b", RegexOptions.Multiline)]
    private static partial Regex PartialType();
}
