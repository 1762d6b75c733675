using System.Xml.Linq;

namespace Tapestry.Tests.Docs;

/// <summary>
/// Finds the examples of XML documentation: <c>code</c> elements, with the attribute <c>kind</c> of <c>no-run</c> or <c>fragment</c>. An element with <c>kind="output"</c> says what the one before it prints.
/// </summary>
static class XmlExamples
{
    internal static IEnumerable<Example> Read(XDocument documentation)
    {
        foreach (var member in documentation.Descendants("member"))
        {
            var name = member.Attribute("name")!.Value;
            var blocks = member.Descendants("code").ToArray();
            for (var i = 0; i < blocks.Length; i++)
            {
                var word = blocks[i].Attribute("kind")?.Value;
                if (word == "output") continue;
                var kind = word switch
                {
                    null => ExampleKind.Program,
                    "no-run" => ExampleKind.NoRun,
                    "fragment" => ExampleKind.Fragment,
                    _ => throw new InvalidDataException($"{name}: kind=\"{word}\" is none of no-run, fragment, output."),
                };
                var output = i + 1 < blocks.Length && blocks[i + 1].Attribute("kind")?.Value == "output" ? Unindented(blocks[i + 1].Value) : null;
                yield return new Example($"{name}#{i}", 1, kind, Continues: false, Unindented(blocks[i].Value), output);
            }
        }
    }

    static string Unindented(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line[Math.Min(indent, line.Length)..].TrimEnd())).TrimEnd();
    }
}
