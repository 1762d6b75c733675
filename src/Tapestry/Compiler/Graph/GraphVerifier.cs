namespace Tapestry.Compiler;

/// <summary>Checks what every graph must satisfy; run between passes by the tests and whenever a graph is described.</summary>
static class GraphVerifier
{
    /// <summary>Checks that every value is made before it is used, and that shapes and dtypes are what the operations infer.</summary>
    /// <exception cref="CompilerException">A pass broke the graph.</exception>
    internal static void Verify(Graph graph, string after)
    {
        var made = new HashSet<Symbol>(graph.Arguments.Select(argument => argument.Symbol!));
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs) RequireMade(input, made, $"{node.Op.Name} after {after}");
            var specs = new TensorSpec[node.Outputs.Length];
            var context = new InferContext(node.Inputs, specs);
            node.Op.Infer(ref context);
            for (var i = 0; i < specs.Length; i++)
            {
                if (!specs[i].Shape.IsCompatibleWith(node.Outputs[i].Shape) || specs[i].DType != node.Outputs[i].DType)
                {
                    throw new CompilerException($"{node.Op.Name} after {after}: output {i} is {node.Outputs[i].Spec}, but {specs[i]} is inferred.");
                }

                made.Add(node.Outputs[i].Symbol!);
            }
        }

        foreach (var output in graph.Outputs) RequireMade(output, made, $"result after {after}");
        foreach (var update in graph.Updates) RequireMade(update.Value, made, $"update of {update.Variable.Name} after {after}");
    }

    static void RequireMade(Tensor tensor, HashSet<Symbol> made, string where)
    {
        if (tensor.Symbol is GraphValue { Kind: GraphValueKind.Result or GraphValueKind.Argument } value && !made.Contains(value))
        {
            throw new CompilerException($"{where}: a value of {tensor.Spec} is used before it is made.");
        }
    }
}

/// <summary>A fault of the compiler itself, never of its user.</summary>
sealed class CompilerException(string message) : Exception(message + " This is a fault of Tapestry's compiler; please report it.");
