using System.Text;

namespace Tapestry.Keras;

/// <summary>
/// Draws a table with lines between all rows, columns of given widths, words wrapped and what is too long cut with an ellipsis. Source: the
/// tables of Python's <c>rich</c>, which Keras uses.
/// </summary>
sealed class SummaryTable
{
    readonly SummaryColumn[] columns;
    readonly int[] widths;
    readonly int terminalWidth;
    readonly StringBuilder text = new();
    bool hasRows;

    /// <summary>Draws the head of a table.</summary>
    /// <param name="columns">The columns with the widths they ask for.</param>
    /// <param name="lineLength">The width of the whole table.</param>
    /// <param name="terminalWidth">Where lines are cut.</param>
    internal SummaryTable(SummaryColumn[] columns, int lineLength, int terminalWidth)
    {
        this.columns = columns;
        this.terminalWidth = terminalWidth;
        widths = Distribute(columns, lineLength - columns.Length - 1);
        Rule('┏', '━', '┳', '┓');
        Row([.. columns.Select(column => column.Title)], '┃');
        Rule('┡', '━', '╇', '┩');
    }

    /// <summary>Adds a row.</summary>
    internal void Add(IReadOnlyList<string> cells)
    {
        if (hasRows) Rule('├', '─', '┼', '┤');
        hasRows = true;
        Row(cells, '│');
    }

    /// <summary>Closes the table.</summary>
    internal string Finish()
    {
        Rule('└', '─', '┴', '┘');
        return text.ToString();
    }

    // Each column gets two more for its padding; what is too much is taken off one after the other in equal parts, rounded to even.
    static int[] Distribute(SummaryColumn[] columns, int available)
    {
        var widths = columns.Select(column => column.Width + 2).ToArray();
        var excess = widths.Sum() - available;
        for (var i = 0; i < widths.Length && excess > 0; i++)
        {
            var part = Math.Min(widths[i], (int)Math.Round((double)excess / (widths.Length - i), MidpointRounding.ToEven));
            widths[i] -= part;
            excess -= part;
        }

        return widths;
    }

    void Rule(char left, char line, char cross, char right) => Line($"{left}{string.Join(cross, widths.Select(width => new string(line, width)))}{right}");

    void Row(IReadOnlyList<string> cells, char border)
    {
        var wrapped = cells.Select((cell, i) => Wrap(cell, widths[i] - 2)).ToArray();
        for (var line = 0; line < wrapped.Max(lines => lines.Count); line++)
        {
            var parts = wrapped.Select((lines, i) => $" {Align(line < lines.Count ? lines[line] : "", widths[i] - 2, columns[i].Alignment)} ");
            Line($"{border}{string.Join(border, parts)}{border}");
        }
    }

    void Line(string line) => text.Append(line.Length > terminalWidth ? line[..terminalWidth] : line).Append('\n');

    static List<string> Wrap(string cell, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in Words(cell))
        {
            var fits = width - lines[^1].Length >= word.TrimEnd().Length;
            if (fits || lines[^1].Length == 0) lines[^1] += word;
            else lines.Add(word);
        }

        return lines;
    }

    // A word takes the spaces behind it along, the first also those before it.
    static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            var ends = i == text.Length || (text[i - 1] == ' ' && text[i] != ' ' && text[start..i].Trim().Length > 0);
            if (!ends) continue;
            yield return text[start..i];
            start = i;
        }
    }

    static string Align(string line, int width, SummaryAlignment alignment)
    {
        line = line.TrimEnd();
        if (line.Length > width) line = line[..(width - 1)] + "…";
        return alignment switch
        {
            SummaryAlignment.Right => line.PadLeft(width),
            SummaryAlignment.Center => line.PadLeft(line.Length + ((width - line.Length) / 2)).PadRight(width),
            _ => line.PadRight(width),
        };
    }
}

/// <summary>A column of a <see cref="SummaryTable"/>.</summary>
sealed record SummaryColumn(string Title, int Width, SummaryAlignment Alignment);

/// <summary>Where a cell's text stands.</summary>
enum SummaryAlignment
{
    /// <summary>At the left.</summary>
    Left,

    /// <summary>At the right.</summary>
    Right,

    /// <summary>In the middle.</summary>
    Center,
}
