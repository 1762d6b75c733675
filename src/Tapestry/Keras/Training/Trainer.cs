using Tapestry.Keras.Training;

namespace Tapestry.Keras;

/// <summary>What a model has beside its layers while it is trained: optimizer, loss, metrics, and the steps made of them.</summary>
sealed class Trainer(Model model)
{
    Optimizer? optimizer;
    CompiledLoss? loss;
    CompiledMetrics? metrics;
    readonly Lock making = new();
    CompiledStep? trainStep;
    CompiledStep? testStep;
    CompiledStep? predictStep;

    /// <summary>The mean of the whole loss over an epoch.</summary>
    internal Metrics.Mean LossTracker { get; private set; } = new("loss");

    /// <summary>True once <see cref="Compile"/> was called.</summary>
    internal bool IsCompiled { get; private set; }

    /// <summary>Whether steps run as they stand.</summary>
    internal bool RunsEagerly { get; private set; }

    /// <summary>Whether the step of training computes cheap values again instead of keeping them.</summary>
    internal bool Recomputes { get; private set; }

    /// <summary>How many batches make up one step for the callbacks.</summary>
    internal int StepsPerExecution { get; private set; } = 1;

    /// <summary>Set by callbacks to end the training.</summary>
    internal bool StopTraining { get; set; }

    /// <summary>Where the progress bar and the callbacks write; the console unless a test listens.</summary>
    internal TextWriter Output { get => field ?? Console.Out; set; }

    /// <summary>The optimizer, or null.</summary>
    internal Optimizer? Optimizer => optimizer;

    /// <summary>The history of the last call of Fit.</summary>
    internal History? History { get; set; }

    /// <summary>All metrics: that of the loss, the compiled ones, those of single losses, those of layers.</summary>
    internal IReadOnlyList<Metric> Metrics => [LossTracker, .. metrics?.Metrics ?? [], .. loss?.Trackers ?? [], .. model.OwnMetrics];

    /// <summary>The step of training on batches of any layout.</summary>
    internal CompiledStep TrainStep => trainStep ?? Make(ref trainStep, "train step", batch => Nest.Of(model.TrainStep(batch)));

    /// <summary>The step of evaluation.</summary>
    internal CompiledStep TestStep => testStep ?? Make(ref testStep, "test step", batch => Nest.Of(model.TestStep(batch)));

    /// <summary>The step of prediction.</summary>
    internal CompiledStep PredictStep => predictStep ?? Make(ref predictStep, "predict step", model.PredictStep);

    /// <summary>Takes over what training needs, and forgets what was compiled before.</summary>
    internal void Compile(Optimizer chosen, LossAssignment? losses, LossWeights? lossWeights, MetricAssignment? unweighted, MetricAssignment? weighted, bool runEagerly, int stepsPerExecution, bool recompute)
    {
        if (stepsPerExecution < 1) throw new TapestryException("Compile.stepsPerExecution", "outside its range", $"{stepsPerExecution}", "a number of batches above 0");
        optimizer = chosen;
        loss = losses is null ? null : new CompiledLoss(losses, lossWeights);
        metrics = unweighted is null && weighted is null ? null : new CompiledMetrics(unweighted, weighted);
        LossTracker = new Metrics.Mean("loss");
        (RunsEagerly, StepsPerExecution, Recomputes, IsCompiled) = (runEagerly, stepsPerExecution, recompute, true);
        (trainStep, testStep, predictStep) = (null, null, null);
    }

    /// <summary>The optimizer.</summary>
    /// <exception cref="TapestryException">The model is not compiled.</exception>
    internal Optimizer RequireOptimizer()
    {
        RequireCompiled("Optimizer");
        return optimizer!;
    }

    /// <summary>Refuses what needs a compiled model.</summary>
    internal void RequireCompiled(string member)
    {
        if (!IsCompiled) throw new TapestryException($"Model '{model.Name}'.{member}", "the model is not compiled", "a model without an optimizer", "a compiled model", remedy: "Call Compile with an optimizer and a loss first.");
    }

    /// <summary>The loss of predictions: that of the compiled losses, and what layers have added.</summary>
    internal Tensor ComputeLoss(Nest? y, Nest yPred, Nest? sampleWeight)
    {
        Tensor? total = loss is null || y is null ? null : loss.Apply(y, Outputs(yPred), sampleWeight);
        foreach (var added in model.Losses)
        {
            var value = added.DType.IsFloating ? added : Ops.Cast(added, DType.DefaultFloat);
            if (value.Rank > 0) value = Ops.Sum(value);
            total = total is null ? value : total + Ops.Cast(value, total.DType);
        }

        return total ?? throw new TapestryException(
            $"Model '{model.Name}'",
            "there is no loss to compute",
            loss is null ? "no loss in Compile, and none added by a layer" : "no targets",
            "a loss",
            loss is null ? "Give Compile a loss." : "Give Fit or Evaluate targets.");
    }

    /// <summary>One step of training by the compiled parts.</summary>
    internal IReadOnlyDictionary<string, Tensor> Train(Batch batch)
    {
        RequireCompiled("TrainStep");
        using var tape = new GradientTape();
        var yPred = model.Apply(batch.X, training: true);
        var value = model.ComputeLoss(batch.X, batch.Y, yPred, batch.SampleWeight, training: true);
        Track(value, batch);
        var scaled = optimizer!.ScaleLoss(value);
        var variables = model.TrainableWeights;
        if (variables.Count == 0) Configuration.Warning.Once($"The model '{model.Name}' does not have any trainable weights.");
        else optimizer.Apply(tape.Gradient(scaled, variables), variables);
        return model.ComputeMetrics(batch.X, batch.Y, yPred, batch.SampleWeight);
    }

    /// <summary>One step of evaluation by the compiled parts.</summary>
    internal IReadOnlyDictionary<string, Tensor> Test(Batch batch)
    {
        RequireCompiled("TestStep");
        var yPred = model.Apply(batch.X, training: false);
        Track(model.ComputeLoss(batch.X, batch.Y, yPred, batch.SampleWeight, training: false), batch);
        return model.ComputeMetrics(batch.X, batch.Y, yPred, batch.SampleWeight);
    }

    /// <summary>Adds a batch to the compiled metrics and gives the results of all metrics.</summary>
    internal IReadOnlyDictionary<string, Tensor> UpdateMetrics(Nest? y, Nest yPred, Nest? sampleWeight)
    {
        if (y is not null) metrics?.UpdateState(y, Outputs(yPred), sampleWeight);
        var results = new Dictionary<string, Tensor> { ["loss"] = LossTracker.Result() };
        metrics?.AddResults(results);
        foreach (var tracker in loss?.Trackers ?? []) results[tracker.Name] = tracker.Result();
        foreach (var metric in model.OwnMetrics)
        {
            foreach (var (key, value) in metric.Results()) results[key] = value;
        }

        return results;
    }

    /// <summary>Sets all metrics back.</summary>
    internal void ResetMetrics()
    {
        foreach (var metric in Metrics) metric.ResetState();
    }

    // Threads that predict at the same time share one step.
    CompiledStep Make(ref CompiledStep? made, string name, Func<Batch, Nest> step)
    {
        lock (making) return made ??= new CompiledStep(name, step, RunsEagerly, Recomputes);
    }

    void Track(Tensor value, Batch batch) => LossTracker.UpdateState(value, LeadingDimensionOp.Instance.Apply(batch.X.Flatten()[0]));

    NamedOutputs Outputs(Nest yPred) => new(yPred, model.Graph?.OutputNames);
}
