using Tapestry.Keras.Callbacks;

namespace Tapestry.Keras.Training;

/// <summary>The loops of training, evaluation and prediction over batches, and what the callbacks are told.</summary>
sealed class FitLoop(Model model)
{
    Trainer Trainer => model.Trainer;

    /// <summary>Trains for several epochs.</summary>
    internal History Fit(IBatchSource batches, FitPlan plan)
    {
        var steps = plan.StepsPerEpoch ?? batches.Steps;
        var history = new History();
        var callbacks = Callbacks(plan.Callbacks, history, plan.Verbose, plan.Epochs, steps);
        Trainer.StopTraining = false;
        Trainer.History = history;
        using var data = new BatchIterator(batches, plan.StepsPerEpoch is null, reuse: !Trainer.RunsEagerly);
        var logs = new Logs();
        callbacks.OnTrainBegin([]);
        for (var epoch = plan.InitialEpoch; epoch < plan.Epochs; epoch++)
        {
            data.Begin(epoch);
            if (!data.HasNext && epoch > plan.InitialEpoch)
            {
                data.Exhaust();
                break;
            }

            Trainer.ResetMetrics();
            callbacks.OnEpochBegin(epoch, []);
            logs = RunEpoch(data, steps, Trainer.TrainStep, callbacks.OnTrainBatchBegin, callbacks.OnTrainBatchEnd, isTraining: true) ?? logs;
            if (plan.Validation is { } validation && plan.ValidatesAfter(epoch))
            {
                foreach (var (key, value) in Evaluate(validation, plan.ValidationSteps, callbacks)) logs["val_" + key] = value;
                logs = Sorted(logs);
            }

            callbacks.OnEpochEnd(epoch, logs);
            if (Trainer.StopTraining || data.RanOut) break;
        }

        Trainer.Optimizer?.FinalizeVariableValues();
        callbacks.OnTrainEnd(logs);
        return history;
    }

    /// <summary>Evaluates on its own.</summary>
    internal Logs Evaluate(IBatchSource batches, int? steps, IReadOnlyList<Callback>? callbacks, int verbose) =>
        Evaluate(batches, steps, Callbacks(callbacks, null, verbose, 1, steps ?? batches.Steps));

    /// <summary>Predicts all batches and joins the results.</summary>
    internal Nest Predict(IBatchSource batches, int? steps, IReadOnlyList<Callback>? userCallbacks, int verbose)
    {
        var callbacks = Callbacks(userCallbacks, null, verbose, 1, steps ?? batches.Steps);
        var parts = new List<Nest>();
        callbacks.OnPredictBegin([]);
        using var data = new BatchIterator(batches, steps is null, reuse: !Trainer.RunsEagerly);
        data.Begin(0);
        var step = 0;
        while (data.HasNext && (steps is null || step < steps))
        {
            callbacks.OnPredictBatchBegin(step, []);
            var first = parts.Count;
            for (var i = 0; i < Trainer.StepsPerExecution && data.HasNext && (steps is null || step < steps); i++, step++) parts.Add(Trainer.PredictStep.Run(batches.Layout, data.Next()).Copy());
            callbacks.OnPredictBatchEnd(step - 1, new Logs { Outputs = Joined(parts[first..]) });
        }

        callbacks.OnPredictEnd([]);
        return Joined(parts);
    }

    Logs Evaluate(IBatchSource batches, int? steps, CallbackList callbacks)
    {
        callbacks.OnTestBegin([]);
        Trainer.ResetMetrics();
        using var data = new BatchIterator(batches, steps is null, reuse: !Trainer.RunsEagerly);
        data.Begin(0);
        var logs = RunEpoch(data, steps ?? batches.Steps, Trainer.TestStep, callbacks.OnTestBatchBegin, callbacks.OnTestBatchEnd, isTraining: false) ?? [];
        callbacks.OnTestEnd(logs);
        return logs;
    }

    Logs? RunEpoch(BatchIterator data, int? steps, CompiledStep compiled, Action<int, Logs> begin, Action<int, Logs> end, bool isTraining)
    {
        Logs? logs = null;
        var step = 0;
        while (data.HasNext && (steps is null || step < steps))
        {
            begin(step, []);
            StepResult result = default;
            var count = 0;
            for (; count < Trainer.StepsPerExecution && data.HasNext && (steps is null || step + count < steps); count++) result = compiled.Run(data.Layout, data.Next());
            // The last step counts as whole, as it does in Keras.
            logs = result.ToLogs();
            end(step + Trainer.StepsPerExecution - 1, Copy(logs));
            step += count;
            if (isTraining && Trainer.StopTraining) break;
        }

        if (steps is not null && step < steps && !(isTraining && Trainer.StopTraining)) data.Exhaust();
        if (logs is null && !data.RanOut) throw new TapestryException(isTraining ? "Fit" : "Evaluate", "the data set is empty", "no batch", "at least one batch", "Check how the data were read or filtered; a sequence must be able to be walked again for each epoch.");
        return logs is null ? null : Copy(logs);
    }

    static Logs Sorted(Logs logs)
    {
        var sorted = new Logs();
        foreach (var key in logs.Keys.Order(StringComparer.Ordinal)) sorted[key] = logs[key];
        return sorted;
    }

    // Callbacks may add to what they get, which is theirs alone.
    static Logs Copy(Logs logs)
    {
        var copy = new Logs();
        foreach (var (key, value) in logs) copy[key] = value;
        return copy;
    }

    CallbackList Callbacks(IReadOnlyList<Callback>? callbacks, History? history, int verbose, int epochs, int? steps)
    {
        IEnumerable<Callback> all = callbacks ?? [];
        if (history is not null) all = all.Append(history);
        if (verbose != 0) all = all.Append(new ProgressLogger(Trainer.Output));
        return new CallbackList(model, new CallbackParameters { Verbose = verbose, Epochs = epochs, Steps = steps }, all);
    }

    static Nest Joined(List<Nest> parts)
    {
        if (parts.Count == 1) return parts[0];
        var leaves = parts.Select(part => part.Flatten()).ToArray();
        var joined = new object?[leaves[0].Count];
        for (var i = 0; i < joined.Length; i++) joined[i] = RowJoin.Of([.. leaves.Select(each => each[i])]);
        return parts[0].Pack(joined);
    }
}

/// <summary>How Fit was called.</summary>
sealed record FitPlan
{
    /// <summary>The number of epochs.</summary>
    internal int Epochs { get; init; } = 1;

    /// <summary>The number of the first epoch.</summary>
    internal int InitialEpoch { get; init; }

    /// <summary>The number of batches per epoch, or null for all.</summary>
    internal int? StepsPerEpoch { get; init; }

    /// <summary>The data for validation, or null.</summary>
    internal IBatchSource? Validation { get; init; }

    /// <summary>The number of batches per validation, or null for all.</summary>
    internal int? ValidationSteps { get; init; }

    /// <summary>The epochs, counted from 1, after which there is a validation: every so many, or listed ones.</summary>
    internal ValidationFrequency ValidationFrequency { get; init; } = 1;

    /// <summary>The user's callbacks.</summary>
    internal IReadOnlyList<Callback>? Callbacks { get; init; }

    /// <summary>How much is shown.</summary>
    internal int Verbose { get; init; }

    /// <summary>True when there is a validation after an epoch, counted from 0.</summary>
    internal bool ValidatesAfter(int epoch) => ValidationFrequency.Includes(epoch + 1);
}
