namespace Tapestry.Compiler;

/// <summary>
/// A graph that can be called. It keeps a plan for each combination of argument shapes it meets (a bounded number), and one more for each
/// thread that calls at the same time. A graph whose shapes depend on values is interpreted operation by operation.
/// </summary>
sealed class Executable
{
    const int MostPlans = 16;

    readonly Graph graph;
    readonly RowResults? rows;
    readonly bool recomputes;

    Plan[] plans = [];
    readonly Lock building = new();
    bool isInterpreted;

    /// <summary>Makes a graph callable.</summary>
    /// <param name="graph">The graph after all passes.</param>
    /// <param name="returnsRows">Whether results that consist of rows are returned so; in loops and branches they are tensors.</param>
    /// <param name="recomputes">Whether plans compute cheap values again instead of keeping them.</param>
    internal Executable(Graph graph, bool returnsRows, bool recomputes = false)
    {
        this.recomputes = recomputes;
        Graph = graph;
        rows = returnsRows ? RowResults.Of(graph) : null;
        this.graph = rows?.Graph ?? graph;
    }

    /// <summary>The graph.</summary>
    internal Graph Graph { get; }

    /// <summary>The plans so far.</summary>
    internal IReadOnlyList<Plan> Plans => plans;

    /// <summary>True when a shape depends on values, so that there is no plan.</summary>
    internal bool IsInterpreted => isInterpreted;

    /// <summary>Runs the graph; see <see cref="Plan.Run"/>.</summary>
    internal void Run(ReadOnlySpan<Tensor> arguments, bool isPure, ReadOnlySpan<Tensor> readings, Span<Tensor> results)
    {
        if (rows is null)
        {
            RunGraph(arguments, isPure, readings, results);
            return;
        }

        var parts = rows.Open(results);
        RunGraph(arguments, isPure, isPure ? rows.Readings(readings) : [], parts);
        rows.Close(parts, isPure, results);
    }

    void RunGraph(ReadOnlySpan<Tensor> arguments, bool isPure, ReadOnlySpan<Tensor> readings, Span<Tensor> results)
    {
        if (!isInterpreted)
        {
            foreach (var plan in Volatile.Read(ref plans))
            {
                if (!plan.Fits(arguments) || !plan.TryEnter()) continue;
                plan.Run(arguments, isPure, readings, results);
                return;
            }

            if (Build(arguments) is { } built)
            {
                built.Run(arguments, isPure, readings, results);
                return;
            }
        }

        Interpret(arguments, isPure, readings, results);
    }

    /// <summary>Makes the plan for arguments of these shapes, if it can be planned.</summary>
    internal Plan? Build(ReadOnlySpan<Tensor> arguments)
    {
        var shapes = new Shape[arguments.Length];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = arguments[i].Shape;
        using var eager = Scopes.Current.Enter(null);
        var plan = PlanBuilder.Build(graph, shapes, rows?.IsPart, recomputes);
        if (plan is null)
        {
            isInterpreted = true;
            return null;
        }

        plan.TryEnter();
        lock (building) plans = [plan, .. plans.Take(MostPlans - 1)];
        return plan;
    }

    void Interpret(ReadOnlySpan<Tensor> arguments, bool isPure, ReadOnlySpan<Tensor> readings, Span<Tensor> results)
    {
        using var eager = Scopes.Current.Enter(null);
        var values = new Dictionary<Symbol, Tensor>();
        GraphReplay.Run(graph, arguments.ToArray(), isPure ? readings.ToArray() : null, values);
        for (var i = 0; i < graph.Outputs.Count; i++) results[i] = GraphReplay.Resolve(graph.Outputs[i], values);
        var updates = graph.Updates.Select(update => GraphReplay.Resolve(update.Value, values)).ToArray();
        for (var i = 0; i < updates.Length; i++)
        {
            if (isPure) results[graph.Outputs.Count + i] = updates[i];
            else graph.Updates[i].Variable.Assign(updates[i]);
        }
    }
}
