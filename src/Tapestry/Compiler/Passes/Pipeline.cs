namespace Tapestry.Compiler;

/// <summary>One improvement of a graph. It may change nodes in place and gives the graph to go on with.</summary>
interface IGraphPass
{
    /// <summary>The name in descriptions.</summary>
    string Name { get; }

    /// <summary>Improves a graph.</summary>
    Graph Run(Graph graph);
}

/// <summary>The passes, in order. What follows them (shapes, memory, code) happens per plan, when shapes are known.</summary>
static class Pipeline
{
    /// <summary>All passes.</summary>
    internal static IReadOnlyList<IGraphPass> Passes { get; } = [new ConstantFolding(), new Simplification(), new CenteredSums(), new CommonSubexpressions(), new DeadCode(), new Absorption()];

    /// <summary>When set, every pass is followed by the verifier: so run the tests.</summary>
    internal static bool VerifiesEachPass { get; set; }

    /// <summary>Runs all passes.</summary>
    /// <param name="graph">The graph as traced.</param>
    /// <param name="observe">Called with the graph before the first and after each pass.</param>
    internal static Graph Run(Graph graph, Action<string, Graph>? observe = null)
    {
        observe?.Invoke("traced", graph);
        foreach (var pass in Passes)
        {
            graph = pass.Run(graph);
            if (VerifiesEachPass) GraphVerifier.Verify(graph, pass.Name);
            observe?.Invoke(pass.Name, graph);
        }

        return graph;
    }
}
