namespace Tapestry.Compiler;

/// <summary>One operation of a plan with its operands, whose memory is settled.</summary>
sealed record PlanStep(Op Op, Tensor[] Inputs, Tensor[] Outputs);

/// <summary>A view of what is bound at each call.</summary>
/// <param name="View">The view.</param>
/// <param name="Base">What it looks at.</param>
sealed record BoundView(Tensor View, Tensor Base);

/// <summary>Looks at the steps of plans while they run.</summary>
interface IStepObserver
{
    /// <summary>Runs one step.</summary>
    void Run(PlanStep step);
}

/// <summary>An assignment at the end of a plan.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Value">Where its new value is.</param>
/// <param name="IsInPlace">Whether the value is computed straight into the memory of the variable.</param>
sealed record PlanUpdate(Variable Variable, Tensor Value, bool IsInPlace);

/// <summary>
/// A graph for arguments of known shapes, ready to run: a list of steps over one arena. Running it allocates nothing but its results.
/// A plan is used by one thread at a time.
/// </summary>
sealed class Plan
{
    readonly string name;
    readonly Tensor[] arguments;
    readonly Tensor[] readings;
    readonly Variable[] variables;
    readonly PlanStep[] steps;
    readonly BoundView[] views;
    readonly Tensor[] outputs;
    readonly Tensor?[] resultRoots;
    readonly int[] argumentOf;
    readonly PlanUpdate[] updates;
    readonly Tensor[] fresh;
    readonly Tensor?[] spares;
    int busy;

    internal Plan(Graph graph, Tensor[] arguments, Tensor[] readings, PlanStep[] steps, BoundView[] views, Tensor[] outputs, Tensor?[] resultRoots, int[] argumentOf, PlanUpdate[] updates, long arenaBytes)
    {
        name = graph.Name;
        this.arguments = arguments;
        this.readings = readings;
        this.steps = steps;
        this.views = views;
        this.outputs = outputs;
        this.resultRoots = resultRoots;
        this.argumentOf = argumentOf;
        this.updates = updates;
        variables = [.. graph.Variables.Select(variable => Graph.ValueOf(variable).Variable!)];
        fresh = new Tensor[updates.Length];
        spares = new Tensor?[updates.Length];
        ArenaBytes = arenaBytes;
    }

    /// <summary>Runs the steps of every plan in its own way, to measure them for example; null as a rule.</summary>
    internal static IStepObserver? Observer { get; set; }

    /// <summary>The size of the arena: the peak of all intermediate values.</summary>
    internal long ArenaBytes { get; }

    /// <summary>What is computed a second time instead of being kept; null when nobody asked for it.</summary>
    internal RecomputationReport? Recomputed { get; init; }

    /// <summary>The operations in order.</summary>
    internal IReadOnlyList<PlanStep> Steps => steps;

    /// <summary>What takes the place of the operations while variables keep their values; null when nothing does.</summary>
    internal Preparations? Preparations { get; init; }

    /// <summary>True when the arguments have the shapes that the plan was made for.</summary>
    internal bool Fits(ReadOnlySpan<Tensor> given)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!ReferenceEquals(arguments[i].Shape, given[i].Shape) && arguments[i].Shape != given[i].Shape) return false;
        }

        return true;
    }

    /// <summary>Takes the plan for one run; false when another thread has it.</summary>
    internal bool TryEnter() => Interlocked.CompareExchange(ref busy, 1, 0) == 0;

    /// <summary>Runs the plan and leaves it.</summary>
    /// <param name="given">The arguments.</param>
    /// <param name="isPure">Whether the variables are left alone: readings are given, and new values returned behind the results.</param>
    /// <param name="readingsGiven">Values for the readings of a pure run.</param>
    /// <param name="results">Receives the results; where a tensor is there already, it is written into instead of a fresh one.</param>
    internal void Run(ReadOnlySpan<Tensor> given, bool isPure, ReadOnlySpan<Tensor> readingsGiven, Span<Tensor> results)
    {
        var next = 0;
        var observer = Observer;
        try
        {
            Bind(given, isPure, readingsGiven, results);
            var running = !isPure && Preparations?.TryBind() == true ? Preparations.Steps : steps;
            for (; next < running.Length; next++)
            {
                ref readonly var step = ref running[next];
                if (observer is null) step.Op.Run(new KernelContext(step.Inputs, step.Outputs));
                else observer.Run(step);
            }

            for (var i = 0; i < outputs.Length; i++)
            {
                if (argumentOf[i] < 0 && (resultRoots[i] is null || !IsFirstOf(i))) outputs[i].CopyTo(results[i]);
            }

            if (isPure) ReturnUpdates(results);
            else Publish();
        }
        catch (Exception exception) when (next < steps.Length && MemoryFault.IsNameless(exception))
        {
            throw MemoryFault.OfWork(steps[next].Op.Name, steps[next].Inputs, exception, isPure ? null : Consequence(next));
        }
        finally
        {
            Unbind();
            Volatile.Write(ref busy, 0);
        }
    }

    // What is computed in the memory of its variable cannot be taken back.
    string? Consequence(int failed)
    {
        var changed = updates.Where(update => update.IsInPlace && steps.AsSpan(0, failed + 1).ToArray().Any(step => step.Outputs.Contains(update.Value))).Select(update => update.Variable.Name).ToArray();
        return changed.Length == 0 ? null : $"; of {updates.Length} variables that change {changed.Length} had changed by then ({string.Join(", ", changed.Take(3))}{(changed.Length > 3 ? ", …" : "")}): give them their values again";
    }

    void Bind(ReadOnlySpan<Tensor> given, bool isPure, ReadOnlySpan<Tensor> readingsGiven, Span<Tensor> results)
    {
        for (var i = 0; i < arguments.Length; i++) arguments[i].Rebind(given[i]);
        for (var i = 0; i < readings.Length; i++) readings[i].Rebind(isPure ? readingsGiven[i] : variables[i].Storage);
        for (var i = 0; i < updates.Length; i++)
        {
            var variable = updates[i].Variable;
            fresh[i] = NewValue(i, inPlace: !isPure && updates[i].IsInPlace);
            spares[i] = null;
            if (updates[i].IsInPlace) updates[i].Value.Rebind(fresh[i]);
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            if (argumentOf[i] >= 0)
            {
                results[i] = given[argumentOf[i]];
                continue;
            }

            // Reused results may come from a call with other shapes.
            if (results[i] is not { } result || !(ReferenceEquals(result.Shape, outputs[i].Shape) || result.Shape == outputs[i].Shape)) results[i] = Result(i);
            if (resultRoots[i] is { } root && IsFirstOf(i)) root.Rebind(results[i]);
        }

        foreach (var (view, source) in views) view.Rebind(source);
    }

    Tensor NewValue(int update, bool inPlace)
    {
        var variable = updates[update].Variable;
        try
        {
            return inPlace ? variable.WritableStorage() : spares[update] ?? Tensor.Allocate(variable.DType, variable.Shape);
        }
        catch (Exception exception) when (MemoryFault.IsNameless(exception))
        {
            throw MemoryFault.Of(name, $"the new value of variable '{variable.Name}'", new TensorSpec(variable.Shape, variable.DType), exception);
        }
    }

    Tensor Result(int output)
    {
        try
        {
            return Tensor.Allocate(outputs[output].DType, outputs[output].Shape);
        }
        catch (Exception exception) when (MemoryFault.IsNameless(exception))
        {
            var maker = steps.FirstOrDefault(step => step.Outputs.Contains(outputs[output]))?.Op;
            throw MemoryFault.Of(maker?.Name ?? name, $"result {output} of '{name}'", outputs[output].Spec, exception);
        }
    }

    // Two results may be the same value: the second is a copy of the first.
    bool IsFirstOf(int output)
    {
        for (var i = 0; i < output; i++)
        {
            if (ReferenceEquals(resultRoots[i], resultRoots[output])) return false;
        }

        return true;
    }

    void Publish()
    {
        for (var i = 0; i < updates.Length; i++)
        {
            if (!updates[i].IsInPlace) updates[i].Value.CopyTo(fresh[i]);
        }

        // All values are complete before the first variable changes, since one may be the value of another.
        for (var i = 0; i < updates.Length; i++)
        {
            // Values that cannot be computed in place change places with the former ones, so that a step allocates nothing.
            var former = updates[i].Variable.Publish(fresh[i]);
            if (!updates[i].IsInPlace) spares[i] = former;
        }
    }

    void ReturnUpdates(Span<Tensor> results)
    {
        for (var i = 0; i < updates.Length; i++)
        {
            if (!updates[i].IsInPlace) updates[i].Value.CopyTo(fresh[i]);
            results[outputs.Length + i] = fresh[i];
        }
    }

    void Unbind()
    {
        foreach (var argument in arguments) argument.Rebind(null);
        foreach (var reading in readings) reading.Rebind(null);
        foreach (var (view, _) in views) view.Rebind(null);
        foreach (var root in resultRoots) root?.Rebind(null);
        Preparations?.Unbind();
        for (var i = 0; i < updates.Length; i++)
        {
            if (updates[i].IsInPlace) updates[i].Value.Rebind(null);
            fresh[i] = null!;
        }
    }
}
