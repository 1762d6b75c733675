using System.Text;

namespace Tapestry.Compiler;

/// <summary>Prints a graph, one operation a line: <c>%4 = MatMul(%2, %kernel) : float32[?,10]</c>.</summary>
static class GraphPrinter
{
    /// <summary>The graph as text.</summary>
    internal static string Print(Graph graph)
    {
        var names = new Dictionary<Symbol, string>();
        var text = new StringBuilder();
        text.Append(graph.Name).Append('(');
        text.AppendJoin(", ", graph.Arguments.Select((argument, i) => $"{names[argument.Symbol!] = $"%{argument.Spec.Name ?? Graph.ValueOf(argument).Spec.Name ?? $"arg{i}"}"}: {argument.Spec}"));
        text.Append(")\n");
        foreach (var variable in graph.Variables) text.Append($"  {names[variable.Symbol!] = Unique("%" + Graph.ValueOf(variable).Variable!.Name, names)} = variable : {variable.Spec}\n");
        var next = 0;
        foreach (var node in graph.Nodes)
        {
            var outputs = node.Outputs.Select(output => names[output.Symbol!] = $"%{next++}").ToArray();
            text.Append($"  {string.Join(", ", outputs)} = {Describe(node.Op)}({string.Join(", ", node.Inputs.Select(input => Name(input, names)))})");
            text.Append($" : {string.Join(", ", node.Outputs.Select(output => output.Spec))}\n");
        }

        foreach (var update in graph.Updates) text.Append($"  {update.Variable.Name} := {Name(update.Value, names)}\n");
        text.Append($"  return {string.Join(", ", graph.Outputs.Select(output => Name(output, names)))}\n");
        return text.ToString();
    }

    static string Name(Tensor tensor, Dictionary<Symbol, string> names)
    {
        var value = Graph.ValueOf(tensor);
        if (names.TryGetValue(value, out var name)) return name;
        return value.Constant is { Size: 1, DType.IsNumeric: true } constant ? ArrayPrinter.Print(constant) : $"constant {tensor.Spec}";
    }

    // The attributes of a record are in its own text: "ReduceOp { Axis = 1 }" becomes "Reduce{Axis = 1}".
    static string Describe(Op op)
    {
        var printed = op.ToString();
        var brace = printed.IndexOf('{');
        var attributes = brace < 0 ? "" : printed[(brace + 1)..^1].Trim();
        return attributes.Length == 0 ? op.Name : $"{op.Name}{{{attributes}}}";
    }

    static string Unique(string name, Dictionary<Symbol, string> names)
    {
        var unique = name;
        for (var i = 1; names.ContainsValue(unique); i++) unique = $"{name}_{i}";
        return unique;
    }
}
