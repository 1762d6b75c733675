namespace Tapestry.Compiler;

/// <summary>
/// The program of a branch or of the body of a loop, traced inside the trace that it stands in. What it uses of that trace are captures,
/// which come behind its own arguments; variables that it assigns are results behind its own.
/// </summary>
sealed class SubProgram
{
    SubProgram(ConcreteFunction function, Nest structure, IReadOnlyList<Variable> assigned)
    {
        Function = function;
        Structure = structure;
        Assigned = assigned;
    }

    /// <summary>What runs.</summary>
    internal ConcreteFunction Function { get; }

    /// <summary>The results as the program gave them.</summary>
    internal Nest Structure { get; }

    /// <summary>
    /// The tensors of the enclosing trace, asked for in there: the tapes around a loop or branch have to see that its program reads a variable.
    /// </summary>
    internal IReadOnlyList<Tensor> Captures => [.. Function.Trace.Captures.Select((tensor, i) => Function.Trace.CapturedVariable(i)?.Read() ?? tensor)];

    /// <summary>The variables whose new values follow the results.</summary>
    internal IReadOnlyList<Variable> Assigned { get; }

    /// <summary>Traces a program.</summary>
    /// <param name="name">Its name in descriptions.</param>
    /// <param name="parent">The trace around it.</param>
    /// <param name="arguments">Dtypes and shapes of its arguments.</param>
    /// <param name="carried">Variables that a loop carries: they begin with the values of the last arguments.</param>
    /// <param name="returned">Variables whose values at the end are results; null: those that the program assigns.</param>
    /// <param name="program">The program on its own arguments.</param>
    internal static SubProgram Trace(string name, Trace parent, IReadOnlyList<TensorSpec> arguments, IReadOnlyList<Variable> carried, IReadOnlyList<Variable>? returned, Func<IReadOnlyList<Tensor>, Nest> program)
    {
        var trace = new Trace(name, parent);
        var inner = arguments.Select(trace.AddArgument).ToArray();
        for (var i = 0; i < carried.Count; i++) trace.Bind(carried[i], inner[inner.Length - carried.Count + i]);
        using var scope = Scopes.Current.Enter(trace);
        var results = program(inner[..(inner.Length - carried.Count)]);
        var assigned = returned ?? trace.Assigned;
        Tensor[] outputs = [.. results.Flatten().Select(output => Ops.Cast(output, output.DType)), .. assigned.Select(trace.Read)];
        var graph = trace.Finish(outputs);
        return new SubProgram(new ConcreteFunction(graph, results, trace), results, [.. assigned]);
    }

    /// <summary>The shapes and dtypes of a graph's results for arguments of known shapes.</summary>
    internal static TensorSpec[] InferResults(Graph graph, ReadOnlySpan<Tensor> arguments)
    {
        var specs = new Dictionary<Symbol, Tensor>();
        for (var i = 0; i < arguments.Length; i++) specs[graph.Arguments[i].Symbol!] = arguments[i];
        Tensor Look(Tensor tensor) => Graph.ValueOf(tensor).Constant is { } constant ? new Tensor(constant.Spec, new PlanSymbol(null, [], 0, constant.Spec, constant)) : specs[tensor.Symbol!];
        foreach (var node in graph.Nodes)
        {
            var inputs = node.Inputs.Select(Look).ToArray();
            var inferred = new TensorSpec[node.Outputs.Length];
            var context = new InferContext(inputs, inferred);
            node.Op.Infer(ref context);
            for (var i = 0; i < inferred.Length; i++) specs[node.Outputs[i].Symbol!] = new Tensor(inferred[i], new PlanSymbol(node.Op, inputs, i, inferred[i], null));
        }

        return [.. graph.Outputs.Select(output => Look(output).Spec)];
    }
}
