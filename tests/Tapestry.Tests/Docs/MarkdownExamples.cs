namespace Tapestry.Tests.Docs;

/// <summary>
/// Finds the examples of a Markdown page: blocks fenced as <c>csharp</c>, with the words <c>no-run</c>, <c>fragment</c> or <c>continued</c> behind it. A block fenced as
/// <c>text</c> or <c>output</c> right below one says what it prints.
/// </summary>
static class MarkdownExamples
{
    internal static IEnumerable<Example> Read(string name, string markdown)
    {
        var blocks = Blocks(markdown.ReplaceLineEndings("\n").Split('\n')).ToArray();
        for (var i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].Words is not ["csharp" or "cs" or "c#", .. var words]) continue;
            foreach (var word in words)
            {
                if (word is not ("no-run" or "fragment" or "continued")) throw new InvalidDataException($"{name}:{blocks[i].Line}: \"{word}\" is none of no-run, fragment, continued.");
            }

            var kind = words.Contains("fragment") ? ExampleKind.Fragment : words.Contains("no-run") ? ExampleKind.NoRun : ExampleKind.Program;
            var output = i + 1 < blocks.Length && blocks[i + 1] is { FollowsDirectly: true, Words: ["text" or "output", ..] } next ? next.Text : null;
            yield return new Example(name, blocks[i].Line, kind, words.Contains("continued"), blocks[i].Text, output);
        }
    }

    static IEnumerable<Block> Blocks(string[] lines)
    {
        var onlyBlank = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var opening = lines[i].TrimStart();
            var indent = lines[i].Length - opening.Length;
            var fence = opening.TakeWhile(letter => letter == '`').Count();
            if (fence < 3)
            {
                onlyBlank &= opening.Length == 0;
                continue;
            }

            var start = i + 1;
            var end = Array.FindIndex(lines, start, line => line.Trim().Length >= fence && line.Trim().All(letter => letter == '`'));
            if (end < 0) yield break;
            var text = string.Join('\n', lines[start..end].Select(line => line[Math.Min(indent, line.Length - line.TrimStart().Length)..]));
            yield return new Block(opening[fence..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), start + 1, text, onlyBlank);
            i = end;
            onlyBlank = true;
        }
    }

    readonly record struct Block(string[] Words, int Line, string Text, bool FollowsDirectly);
}
