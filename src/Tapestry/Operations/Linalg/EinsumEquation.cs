namespace Tapestry;

/// <summary>
/// The equation of an Einstein sum with a label for every axis of every operand. Letters are labels as they stand; the axes of an ellipsis
/// get negative labels, -1 for the last of them, so that ellipses of different length are aligned at their end.
/// </summary>
sealed class EinsumEquation
{
    EinsumEquation(int[][] inputs, int[] output)
    {
        Inputs = inputs;
        Output = output;
    }

    /// <summary>The labels of each operand's axes.</summary>
    internal int[][] Inputs { get; }

    /// <summary>The labels of the result's axes.</summary>
    internal int[] Output { get; }

    /// <summary>Reads an equation for operands of the given ranks.</summary>
    internal static EinsumEquation Parse(string equation, ReadOnlySpan<Tensor> operands)
    {
        var text = equation.Replace(" ", "", StringComparison.Ordinal);
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        var terms = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (terms.Length != operands.Length) throw Fault(equation, $"{terms.Length} terms for {operands.Length} operands", "one term for each operand, separated by commas");
        var inputs = new int[terms.Length][];
        var ellipsis = 0;
        for (var i = 0; i < terms.Length; i++)
        {
            var named = terms[i].Replace("...", "", StringComparison.Ordinal).Length;
            var hidden = operands[i].Rank - named;
            var open = terms[i].Contains("...", StringComparison.Ordinal);
            if (hidden < 0 || (hidden > 0 && !open)) throw Fault(equation, $"the term \"{terms[i]}\" does not fit operand {i} of rank {operands[i].Rank}", "a letter for every axis, or an ellipsis for some");
            if (open) ellipsis = Math.Max(ellipsis, hidden);
            inputs[i] = Labels(equation, terms[i], hidden);
        }

        var output = arrow < 0 ? Implicit(inputs, ellipsis) : Labels(equation, text[(arrow + 2)..], ellipsis);
        foreach (var label in output)
        {
            if (!inputs.Any(labels => labels.Contains(label))) throw Fault(equation, $"the result has the label '{(char)label}', which no operand has", "labels of the operands");
            if (output.Count(other => other == label) > 1) throw Fault(equation, $"the result has the label '{(char)label}' more than once", "every label once in the result");
        }

        return new EinsumEquation(inputs, output);
    }

    static int[] Labels(string equation, string term, int hidden)
    {
        var labels = new List<int>();
        for (var i = 0; i < term.Length; i++)
        {
            if (char.IsAsciiLetter(term[i]))
            {
                labels.Add(term[i]);
                continue;
            }

            if (i + 3 > term.Length || term[i..(i + 3)] != "..." || labels.Any(label => label < 0)) throw Fault(equation, $"'{term[i]}' in the term \"{term}\"", "letters, and at most one ellipsis of three points");
            for (var axis = -hidden; axis < 0; axis++) labels.Add(axis);
            i += 2;
        }

        return [.. labels];
    }

    /// <summary>Without an arrow: the axes of the ellipsis, then the labels that occur once, in alphabetical order.</summary>
    static int[] Implicit(int[][] inputs, int ellipsis) =>
    [
        .. Enumerable.Range(-ellipsis, ellipsis),
        .. inputs.SelectMany(labels => labels).Where(label => label >= 0).GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key).Order(),
    ];

    static TapestryException Fault(string equation, string fault, string expected) => new("Einsum", fault, $"\"{equation}\"", expected);
}
