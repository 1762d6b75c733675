namespace Tapestry.Compiler;

/// <summary>The backward half of a compiled function, itself a compiled function: its operations and their gradients, traced once.</summary>
/// <param name="Function">Takes the arguments, the readings and the upstream gradients.</param>
/// <param name="ResultOf">For each argument and reading, which result is its gradient; null where there is none.</param>
sealed record BackwardFunction(ConcreteFunction Function, int?[] ResultOf)
{
    /// <summary>Derives the backward half.</summary>
    internal static BackwardFunction Of(ConcreteFunction forward, bool[] needs, bool[] upstream)
    {
        var graph = forward.Graph;
        var trace = new Trace($"gradient of {graph.Name}", replayed: forward.Trace);
        using var scope = Scopes.Current.Enter(trace);
        Tensor[] inputs = [.. graph.Arguments.Concat(graph.Variables).Select(tensor => trace.AddArgument(tensor.Spec))];
        Tensor[] targets = [.. graph.Outputs.Concat(graph.Updates.Select(update => update.Value))];
        var gradientsGiven = targets.Select((target, i) => upstream[i] ? trace.AddArgument(target.Spec) : null).ToArray();
        using var tape = new GradientTape(watchAccessedVariables: false);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (needs[i]) tape.Watch(inputs[i]);
        }

        GraphReplay.Run(graph, inputs[..graph.Arguments.Count], inputs[graph.Arguments.Count..], trace.Substitutes);
        var wanted = inputs.Where((_, i) => needs[i]).ToArray();
        var given = Enumerable.Range(0, targets.Length).Where(i => upstream[i]).ToArray();
        var gradients = tape.Gradients([.. given.Select(i => GraphReplay.Resolve(targets[i], trace.Substitutes))], wanted, [.. given.Select(i => gradientsGiven[i])], UnconnectedGradients.None);
        var resultOf = new int?[inputs.Length];
        var results = new List<Tensor>();
        var next = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!needs[i] || gradients[next++] is not { } gradient) continue;
            resultOf[i] = results.Count;
            results.Add(gradient);
        }

        return new BackwardFunction(new ConcreteFunction(trace.Finish(results), null, trace), resultOf);
    }
}
