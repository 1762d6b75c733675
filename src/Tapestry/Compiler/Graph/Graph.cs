namespace Tapestry.Compiler;

/// <summary>
/// The operations of a traced function in the order of the program, which is a topological order. Variables are values: a reading is
/// the value at the start, an assignment is one more result.
/// </summary>
sealed class Graph
{
    internal Graph(string name, IReadOnlyList<Tensor> arguments, IReadOnlyList<GraphNode> nodes, IReadOnlyList<Tensor> outputs, IReadOnlyList<VariableUpdate> updates, IReadOnlyList<Tensor>? variables = null)
    {
        Name = name;
        Arguments = arguments;
        Nodes = nodes;
        Outputs = outputs;
        Updates = updates;
        Variables = variables ?? [.. CollectVariables()];
    }

    /// <summary>The name of the function.</summary>
    internal string Name { get; }

    /// <summary>The arguments, in order.</summary>
    internal IReadOnlyList<Tensor> Arguments { get; }

    /// <summary>The operations.</summary>
    internal IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>The results; constants and arguments may be among them.</summary>
    internal IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>The values that variables have at the end.</summary>
    internal IReadOnlyList<VariableUpdate> Updates { get; }

    /// <summary>The readings of variables that the graph uses: one value per variable.</summary>
    internal IReadOnlyList<Tensor> Variables { get; }

    /// <summary>True when a dimension of an argument is unknown.</summary>
    internal bool HasUnknownDimensions => Arguments.Any(argument => !argument.Shape.IsFullyKnown);

    /// <summary>The value behind a symbolic tensor.</summary>
    internal static GraphValue ValueOf(Tensor tensor) => (GraphValue)tensor.Symbol!;

    /// <summary>The numbers of the arguments from which a differentiable path leads to a result.</summary>
    internal List<int> DifferentiableArguments(int output)
    {
        var reached = new HashSet<Symbol>();
        if (Outputs[output].DType.IsDifferentiable) reached.Add(Outputs[output].Symbol!);
        foreach (var node in Nodes.Reverse())
        {
            if (!node.Outputs.Any(result => reached.Contains(result.Symbol!))) continue;
            foreach (var input in node.Inputs)
            {
                if (input.DType.IsDifferentiable) reached.Add(input.Symbol!);
            }
        }

        return [.. Enumerable.Range(0, Arguments.Count).Where(i => reached.Contains(Arguments[i].Symbol!))];
    }

    IEnumerable<Tensor> CollectVariables()
    {
        var seen = new HashSet<GraphValue>();
        var used = Nodes.SelectMany(node => node.Inputs).Concat(Outputs).Concat(Updates.Select(update => update.Value));
        foreach (var tensor in used)
        {
            if (tensor.Symbol is GraphValue { Kind: GraphValueKind.Variable } value && seen.Add(value)) yield return tensor;
        }
    }
}

/// <summary>The value that a variable has after a call.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Value">Its new value.</param>
sealed record VariableUpdate(Variable Variable, Tensor Value);
