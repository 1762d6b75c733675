using System.Xml.Linq;

namespace Tapestry.Tests.Docs;

/// <summary>Examples take the console and the working folder for themselves.</summary>
[CollectionDefinition(nameof(ExampleTests), DisableParallelization = true)]
public class ExampleCollection;

/// <summary>Every example of README.md, docs/ and the XML documentation compiles, runs and prints what is said below it.</summary>
[Collection(nameof(ExampleTests)), Trait("Category", "Docs")]
public class ExampleTests
{
    static readonly Lazy<Dictionary<string, Example[]>> Examples = new(() =>
        Pages().Concat(XmlExamples.Read(XDocument.Load(Path.ChangeExtension(typeof(Tensor).Assembly.Location, ".xml")))).ToLookup(example => example.Source)
            .ToDictionary(page => page.Key, page => page.ToArray()));

    public static TheoryData<string> Names => [.. Examples.Value.Values.SelectMany(page => page).Where(example => example.Kind != ExampleKind.Fragment).Select(example => example.ToString())];

    [Theory, MemberData(nameof(Names))]
    public void Works(string name)
    {
        var page = Examples.Value[name[..name.LastIndexOf(':')]];
        var index = Array.FindIndex(page, example => example.ToString() == name);
        Check(page, index);
    }

    internal static void Check(Example[] page, int index)
    {
        var first = index;
        while (page[first].Continues && first > 0) first--;
        var parts = page[first..(index + 1)].Where(part => part.Kind != ExampleKind.Fragment).ToArray();
        var (program, errors) = ExampleProgram.Compile(parts);
        Assert.True(program is not null, $"{page[index]} does not compile:\n{string.Join('\n', errors)}");
        if (parts.Any(part => part.Kind == ExampleKind.NoRun)) return;
        var output = ExampleProgram.Run(program);
        if (page[index].Output is not { } expected) return;
        // What continued parts print comes first.
        if (first < index && output.EndsWith("\n" + expected.TrimEnd(), StringComparison.Ordinal)) return;
        Assert.Equal(expected.TrimEnd(), output);
    }

    static IEnumerable<Example> Pages()
    {
        var docs = Repository.PathOf("docs");
        var paths = Directory.Exists(docs) ? Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var path in paths.Prepend(Repository.PathOf("README.md")).Where(File.Exists))
        {
            foreach (var example in MarkdownExamples.Read(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path))) yield return example;
        }
    }
}
