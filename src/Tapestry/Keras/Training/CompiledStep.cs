using Tapestry.Compiler;

namespace Tapestry.Keras.Training;

/// <summary>
/// A step on batches, as a compiled function whose first dimensions are unknown, so that the last, smaller batch needs no trace of its own.
/// Each layout of batches has its own trace. Run eagerly if asked to; the numbers are the same.
/// </summary>
sealed class CompiledStep(string name, Func<Batch, Nest> step, bool runEagerly, bool recomputes = false)
{
    readonly Dictionary<string, TracedFunction> compiled = [];
    Recent? last;

    /// <summary>How often the step was traced.</summary>
    internal int TraceCount
    {
        get
        {
            lock (compiled) return compiled.Values.Sum(each => each.TraceCount);
        }
    }

    /// <summary>Runs the step. The tensors of the result are written over by the next call from the same thread.</summary>
    internal StepResult Run(BatchLayout layout, Tensor[] tensors)
    {
        if (runEagerly) return Eager(step(layout.Pack(tensors)));
        var function = Find(layout, tensors);
        if (function.Call(tensors, out var structure, out _) is not { } results)
        {
            // The first call traces.
            _ = function.Concrete(Nest.Tuple(tensors.Select(tensor => (Nest)tensor)));
            results = function.Call(tensors, out structure, out _) ?? throw new CompilerException($"The step {name} was traced for other tensors than those it was called with.");
        }

        return new StepResult(structure, results);
    }

    static StepResult Eager(Nest result) => new(result, [.. result.Flatten()]);

    TracedFunction Find(BatchLayout layout, Tensor[] tensors)
    {
        if (last is { } used && ReferenceEquals(used.Layout, layout)) return used.Function;
        var key = layout.Key + string.Join(";", tensors.Select(tensor => tensor.DType.Name + new Shape([Shape.Unknown, .. tensor.Shape.Dimensions[Math.Min(1, tensor.Rank)..]])));
        TracedFunction? found;
        lock (compiled)
        {
            if (!compiled.TryGetValue(key, out found)) compiled.Add(key, found = Function(layout, tensors));
        }

        last = new Recent(layout, found);
        return found;
    }

    TracedFunction Function(BatchLayout layout, Tensor[] tensors) => new(
        arguments => step(layout.Pack(arguments.Flatten())),
        new FunctionOptions
        {
            Name = name,
            ReuseResults = true,
            Recompute = recomputes,
            InputSignature = [.. tensors.Select(tensor => new TensorSpec(tensor.Rank == 0 ? tensor.Shape : new Shape([Shape.Unknown, .. tensor.Shape.Dimensions[1..]]), tensor.DType))],
        },
        [.. Enumerable.Range(0, tensors.Length).Select(i => $"tensor {i}")]);

    sealed record Recent(BatchLayout Layout, TracedFunction Function);
}

/// <summary>What a step gave: tensors, and their structure.</summary>
/// <param name="Structure">The structure; its leaves stand for the tensors from left to right.</param>
/// <param name="Tensors">The tensors.</param>
readonly record struct StepResult(Nest Structure, Tensor[] Tensors)
{
    /// <summary>The numbers by their names, in alphabetical order.</summary>
    internal Logs ToLogs()
    {
        var logs = new Logs();
        var keys = Structure.Keys;
        for (var i = 0; i < keys.Count; i++)
        {
            if (Tensors[i].Size == 1)
            {
                logs[keys[i]] = Tensors[i].Item<double>();
                continue;
            }

            // A metric with a number per class shows them one by one.
            var numbers = Ops.Cast(Tensors[i], DType.Float64).ToArray<double>();
            for (var j = 0; j < numbers.Length; j++) logs[$"{keys[i]}_{j}"] = numbers[j];
        }

        return logs;
    }

    /// <summary>Copies of the tensors in their structure, which later steps leave alone.</summary>
    internal Nest Copy()
    {
        var copies = Tensors.Select(object? (tensor) => tensor.Copy()).ToArray();
        return Structure.Pack(copies);
    }
}
