using System.Text;

namespace Tapestry.Compiler;

/// <summary>The part of <see cref="Function"/> that knows no types: a program on nests, its traces, and the choice among them.</summary>
sealed class TracedFunction(Func<Nest, Nest> program, FunctionOptions options, IReadOnlyList<string> argumentNames)
{
    readonly Lock tracing = new();
    readonly Lock updating = new();
    readonly List<string> report = [];
    Entry[] entries = [];
    bool hasBeenTraced;

    /// <summary>How often the program was traced.</summary>
    internal int TraceCount { get; private set; }

    /// <summary>Why it was traced: one line a trace.</summary>
    internal IReadOnlyList<string> Report => report;

    /// <summary>The options.</summary>
    internal FunctionOptions Options => options;

    /// <summary>Calls with nothing but tensors: the way without allocations.</summary>
    internal Tensor[]? Call(ReadOnlySpan<Tensor> tensors, out Nest shape, out ReusedResults? reused)
    {
        if (!Function.RunEagerly)
        {
            foreach (var entry in Volatile.Read(ref entries))
            {
                if (!entry.IsTensorsOnly || !entry.Key.Accepts(tensors)) continue;
                shape = entry.Function.Structure!;
                return Run(entry, tensors, out reused);
            }
        }

        (shape, reused) = (null!, null);
        return null;
    }

    /// <summary>Calls with any arguments.</summary>
    internal Nest Call(Nest arguments)
    {
        if (Function.RunEagerly) return program(arguments);
        arguments = Convert(arguments);
        var leaves = arguments.FlattenLeaves();
        var entry = Find(arguments, leaves);
        return Pack(entry.Function.Structure!, Run(entry, [.. leaves.OfType<Tensor>()], out _));
    }

    /// <summary>The trace for arguments, tracing if there is none yet. Leaves may be specifications instead of tensors.</summary>
    internal ConcreteFunction Concrete(Nest arguments)
    {
        var converted = Convert(arguments);
        return Find(converted, converted.FlattenLeaves()).Function;
    }

    /// <summary>The results in their structure.</summary>
    internal static Nest Pack(Nest structure, Tensor[] results) => structure.MapLeaves(leaf => leaf is ResultNumber number ? results[number.Value] : leaf);

    /// <summary>The graph before and after each pass, and the plan for these arguments.</summary>
    internal string Describe(Nest arguments)
    {
        arguments = Convert(arguments);
        var leaves = arguments.FlattenLeaves();
        var text = new StringBuilder();
        // The trace that a call would run, or would make.
        var structure = arguments.Structure();
        var key = Array.Find(Volatile.Read(ref entries), entry => entry.Key.Accepts(structure, leaves))?.Key ?? Relax(TraceKey.Of(structure, leaves));
        var (graph, _, _) = Trace(arguments, leaves, key);
        var before = "";
        var final = Pipeline.Run(graph, (pass, current) =>
        {
            GraphVerifier.Verify(current, pass);
            var printed = GraphPrinter.Print(current);
            text.Append(printed == before ? $"== {pass}: no change\n" : $"== {pass}: {current.Nodes.Count} operations\n{printed}");
            before = printed;
        });
        var tensors = leaves.OfType<Tensor>().ToArray();
        var rows = RowResults.Of(final);
        if (rows is not null) text.Append($"== results that are rows: {rows.Graph.Nodes.Count} operations\n{GraphPrinter.Print(rows.Graph)}");
        var plan = PlanBuilder.Build(rows?.Graph ?? final, [.. tensors.Select(tensor => tensor.Shape)], rows?.IsPart, options.Recompute);
        text.Append(plan is null ? "== execution: operation by operation, since a shape depends on values\n" : PlanPrinter.Print(plan));
        return text.ToString();
    }

    // Who changes variables starts from what the call before has left in them, and may write into their memory: one call after the other, whichever traces they run.
    Tensor[] Run(Entry entry, ReadOnlySpan<Tensor> tensors, out ReusedResults? reused)
    {
        if (entry.Function.Graph.Updates.Count == 0 || Scopes.Current.Interpreter is not null) return RunTrace(entry, tensors, out reused);
        lock (updating) return RunTrace(entry, tensors, out reused);
    }

    Tensor[] RunTrace(Entry entry, ReadOnlySpan<Tensor> tensors, out ReusedResults? reused)
    {
        reused = options.ReuseResults && Scopes.Current is { Interpreter: null, IsObserved: false } ? entry.Results : null;
        if (reused is null) return entry.Function.Call(tensors);
        reused.KeepOff(tensors);
        entry.Function.Executable.Run(tensors, isPure: false, [], reused.Tensors);
        return reused.Tensors;
    }

    Nest Convert(Nest arguments)
    {
        if (options.InputSignature is not { } signature) return arguments;
        var next = 0;
        var converted = arguments.MapLeaves(leaf =>
        {
            if (leaf is not Tensor tensor) return leaf;
            if (next >= signature.Count) throw Refused($"more than {signature.Count} tensors", tensor);
            var spec = signature[next++];
            if (tensor.Weakness != ScalarKind.None && !(tensor.Weakness == ScalarKind.Floating && spec.DType.IsInteger)) tensor = Ops.Cast(tensor, spec.DType);
            return spec.Accepts(tensor) ? tensor : throw Refused($"argument {next - 1} does not fit the input signature", tensor);
        });
        return next == signature.Count ? converted : throw new TapestryException(options.Name, "too few tensors for the input signature", $"{next}", $"{signature.Count}");
    }

    TapestryException Refused(string fault, Tensor tensor) =>
        new(options.Name, fault, tensor.Spec.ToString(), string.Join(", ", options.InputSignature!), "Give tensors of these dtypes and shapes, or leave the signature out.");

    Entry Find(Nest arguments, List<object?> leaves)
    {
        var structure = arguments.Structure();
        foreach (var entry in Volatile.Read(ref entries))
        {
            if (entry.Key.Accepts(structure, leaves)) return entry;
        }

        lock (tracing)
        {
            foreach (var entry in entries)
            {
                if (entry.Key.Accepts(structure, leaves)) return entry;
            }

            var key = Relax(TraceKey.Of(structure, leaves));
            Note(key);
            var (graph, results, trace) = Trace(arguments, leaves, key);
            if (trace.CreatedVariables)
            {
                // Variables that the first call made exist now; the trace that counts is the one that only uses them.
                if (hasBeenTraced) throw CreatesVariables();
                (graph, results, trace) = Trace(arguments, leaves, key);
                if (trace.CreatedVariables) throw CreatesVariables();
            }

            hasBeenTraced = true;
            var made = new Entry(key, new ConcreteFunction(graph, results, trace, options.Recompute));
            entries = [made, .. entries.Take(options.MostTraces - 1)];
            return made;
        }
    }

    TapestryException CreatesVariables() => new(
        options.Name,
        "variables may be created at the first call only",
        "a program that creates variables at every call",
        remedy: "Create the variables outside, or keep them and create them only when they are not there yet.");

    TraceKey Relax(TraceKey key)
    {
        if (options.InputSignature is { } signature)
        {
            var next = 0;
            return key.With([.. key.Leaves.Select(leaf => leaf is TensorSpec ? signature[next++] : leaf)]);
        }

        if (!options.ReduceRetracing) return key;
        foreach (var entry in entries)
        {
            if (entry.Key.Relaxed(key) is { } relaxed) return relaxed;
        }

        return key;
    }

    void Note(TraceKey key)
    {
        TraceCount++;
        report.Add(entries.Length == 0
            ? $"trace {TraceCount}: first call"
            : $"trace {TraceCount}: {string.Join("; ", entries[0].Key.Differences(key, argumentNames))}");
        if (report.Count > 1000) report.RemoveAt(1);
    }

    (Graph Graph, Nest Results, Trace Trace) Trace(Nest arguments, List<object?> leaves, TraceKey key)
    {
        LoopRehearsal.Begin();
        var trace = new Trace(options.Name);
        var inner = new object?[leaves.Count];
        var tensor = 0;
        for (var i = 0; i < inner.Length; i++)
        {
            if (leaves[i] is Tensor) inner[i] = trace.AddArgument((TensorSpec)key.Leaves[i]! with { Name = tensor++ < argumentNames.Count ? argumentNames[i] : null });
            else inner[i] = leaves[i];
        }

        Nest results;
        using (Scopes.Current.Enter(trace)) results = program(arguments.Pack(inner));
        var outputs = new List<Tensor>();
        var structure = results.MapLeaves(leaf =>
        {
            if (leaf is Variable variable)
            {
                using (Scopes.Current.Enter(trace)) leaf = variable.Read();
            }

            if (leaf is not Tensor output) return leaf;
            outputs.Add(output);
            return new ResultNumber(outputs.Count - 1);
        });
        return (trace.Finish(outputs), structure, trace);
    }

    sealed record ResultNumber(int Value);

    sealed class Entry(TraceKey key, ConcreteFunction function)
    {
        // What one thread was given must not change because another one calls.
        readonly ThreadLocal<ReusedResults> results = new(() => new ReusedResults(function.Graph.Outputs.Count));

        internal TraceKey Key => key;

        internal ConcreteFunction Function => function;

        internal bool IsTensorsOnly { get; } = key.Leaves.All(leaf => leaf is TensorSpec);

        internal ReusedResults Results => results.Value!;
    }
}
