namespace Tapestry.Compiler;

/// <summary>One trace of a function: the graph for arguments of certain dtypes and shapes, and how its results are put together.</summary>
sealed class ConcreteFunction
{
    readonly Dictionary<(string Needs, string Upstream), BackwardFunction> backwards = [];

    internal ConcreteFunction(Graph traced, Nest? structure, Trace trace, bool recomputes = false)
    {
        Traced = traced;
        Structure = structure;
        Trace = trace;
        Executable = new Executable(Pipeline.Run(traced), returnsRows: !trace.IsNested, recomputes);
    }

    /// <summary>The graph; the passes work on the same nodes.</summary>
    internal Graph Traced { get; }

    /// <summary>The trace that made the graph.</summary>
    internal Trace Trace { get; }

    /// <summary>What runs.</summary>
    internal Executable Executable { get; }

    /// <summary>The structure of the results: leaves are numbers of results, or fixed values.</summary>
    internal Nest? Structure { get; }

    /// <summary>The graph after all passes.</summary>
    internal Graph Graph => Executable.Graph;

    /// <summary>
    /// Calls the function: inlined when a trace or model interprets, as one recorded operation when a tape looks on, else straight.
    /// </summary>
    internal Tensor[] Call(ReadOnlySpan<Tensor> arguments)
    {
        var scopes = Scopes.Current;
        if (scopes.Interpreter is not null || IsSymbolic(arguments)) return Inline(arguments);
        // A tape takes loops and branches apart, so that each has gradients of any order.
        if (scopes.IsObserved) return Graph.Nodes.Any(node => node.Op.HoldsPrograms) ? Inline(arguments) : CallObserved(arguments);
        var results = new Tensor[Graph.Outputs.Count];
        Executable.Run(arguments, isPure: false, [], results);
        return results;
    }

    /// <summary>The gradients of the arguments and readings as a function of those and of the upstream gradients.</summary>
    internal BackwardFunction Backward(bool[] needs, bool[] upstream)
    {
        var key = (string.Concat(needs.Select(need => need ? '1' : '0')), string.Concat(upstream.Select(has => has ? '1' : '0')));
        lock (backwards)
        {
            if (!backwards.TryGetValue(key, out var backward)) backwards.Add(key, backward = BackwardFunction.Of(this, needs, upstream));
            return backward;
        }
    }

    // The tensors of a functional model are symbolic where nothing is ambient.
    static bool IsSymbolic(ReadOnlySpan<Tensor> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.IsSymbolic) return true;
        }

        return false;
    }

    Tensor[] Inline(ReadOnlySpan<Tensor> arguments)
    {
        // An inner trace that replays the graph knows what the tensors of the graph became.
        var values = (Scopes.Current.Interpreter as Trace)?.Replaying(Trace) ?? [];
        GraphReplay.Run(Graph, arguments.ToArray(), null, values);
        foreach (var update in Graph.Updates) update.Variable.Assign(GraphReplay.Resolve(update.Value, values));
        return [.. Graph.Outputs.Select(output => GraphReplay.Resolve(output, values))];
    }

    // The readings are inputs of the recorded call, so that tapes connect it with the variables.
    Tensor[] CallObserved(ReadOnlySpan<Tensor> arguments)
    {
        Tensor[] inputs = [.. arguments, .. Graph.Variables.Select(variable => Graph.ValueOf(variable).Variable!.Read())];
        var outputs = new Tensor[Graph.Outputs.Count + Graph.Updates.Count];
        Dispatcher.Apply(new CallOp(this), inputs, outputs);
        for (var i = 0; i < Graph.Updates.Count; i++) Graph.Updates[i].Variable.Assign(outputs[Graph.Outputs.Count + i]);
        return outputs[..Graph.Outputs.Count];
    }
}
