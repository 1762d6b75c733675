using System.Xml.Linq;

namespace Tapestry.Tests.Docs;

[Collection(nameof(ExampleTests)), Trait("Category", "Docs")]
public class ExampleCheckerTests
{
    const string Page = """
        # Title

        ```csharp
        var x = 2;
        Console.WriteLine(Square(x));

        static int Square(int x) => x * x;
        ```

        ```text
        4
        ```

        Words.

        ```csharp continued
        Console.WriteLine(x + new Three().Value);
        sealed class Three { public int Value => 3; }
        ```

        ```output
        5
        ```

        ```csharp fragment
        this is not C#
        ```

        Words between.

        ```text
        no output of anything
        ```

        - ```csharp no-run
          throw new Exception();
          ```

        ```bash
        ls
        ```
        """;

    [Fact]
    public void FindsBlocksKindsLinesAndOutputs()
    {
        var page = MarkdownExamples.Read("page.md", Page).ToArray();
        Assert.Equal([(4, ExampleKind.Program, false, "4"), (17, ExampleKind.Program, true, "5"), (26, ExampleKind.Fragment, false, null)], page[..3].Select(each => (each.Line, each.Kind, each.Continues, each.Output)));
        Assert.Equal(3, page.Length);
    }

    [Fact]
    public void CompilesRunsAndComparesTheOutput()
    {
        var page = MarkdownExamples.Read("page.md", Page).ToArray();
        ExampleTests.Check(page, 0);
        ExampleTests.Check(page, 1);
        page[0] = page[0] with { Output = "5" };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ExampleTests.Check(page, 0));
    }

    [Fact]
    public void AnErrorNamesTheLineOfThePage()
    {
        var (_, errors) = ExampleProgram.Compile(new Example("page.md", 40, ExampleKind.Program, false, "class C;\nvar x = new C();\nint y = x;", null));
        Assert.Equal(["page.md:42: CS0029: Cannot implicitly convert type 'C' to 'int'"], errors);
    }

    [Fact]
    public void AnExceptionIsAFailure()
    {
        var failing = new Example("page.md", 7, ExampleKind.Program, false, "Console.WriteLine(1);\nthrow new InvalidOperationException(\"broken\");", null);
        var fault = Assert.Throws<InvalidOperationException>(() => ExampleTests.Check([failing], 0));
        Assert.Contains("broken", fault.Message);
        ExampleTests.Check([failing with { Kind = ExampleKind.NoRun }], 0);
    }

    [Fact]
    public void TheProductIsInScope() =>
        ExampleTests.Check([new Example("page.md", 1, ExampleKind.Program, false, "Tensor x = new float[] { 1, 2 };\nConsole.WriteLine((x + 1).Spec.DType);", "float32")], 0);

    [Fact]
    public void FindsTheExamplesOfXmlDocumentation()
    {
        var documentation = XDocument.Parse("""
            <doc><members><member name="T:A"><example><code>
                var x = 1;
                Console.WriteLine(x);
            </code><code kind="output">1</code></example><remarks><code kind="fragment">…</code></remarks></member></members></doc>
            """);
        var found = XmlExamples.Read(documentation).ToArray();
        Assert.Equal([("T:A#0", ExampleKind.Program, "1"), ("T:A#2", ExampleKind.Fragment, null)], found.Select(each => (each.Source, each.Kind, each.Output)));
        ExampleTests.Check([found[0]], 0);
    }

    [Fact]
    public void UnknownWordsAreErrors() => Assert.Throws<InvalidDataException>(() => MarkdownExamples.Read("page.md", "```csharp norun\n```").ToArray());
}
