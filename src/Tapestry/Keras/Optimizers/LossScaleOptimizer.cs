using Tapestry.Keras.Optimizers;

namespace Tapestry.Keras;

/// <summary>
/// Wraps an optimizer for training in narrow dtypes: the loss is multiplied so that its gradients do not vanish, and steps whose gradients are
/// not finite are left out. Source: <c>keras.optimizers.LossScaleOptimizer</c>.
/// </summary>
/// <remarks>
/// Gradients are taken of <see cref="ScaleLoss"/>. When all are finite they are divided by the scale and handed on, and after
/// <see cref="DynamicGrowthSteps"/> such steps in a row the scale doubles; otherwise it is halved.
/// </remarks>
/// <param name="innerOptimizer">The optimizer that makes the steps.</param>
/// <param name="initialScale">The scale at first.</param>
/// <param name="dynamicGrowthSteps">How many finite steps in a row double the scale.</param>
public sealed class LossScaleOptimizer(Optimizer innerOptimizer, double initialScale = 32768.0, int dynamicGrowthSteps = 2000) : Optimizer(0.0)
{
    Variable? counter;
    Variable? scale;

    /// <summary>The optimizer that makes the steps.</summary>
    public Optimizer InnerOptimizer { get; } = innerOptimizer;

    /// <summary>The scale at first.</summary>
    public double InitialScale { get; } = initialScale;

    /// <summary>How many finite steps in a row double the scale.</summary>
    public int DynamicGrowthSteps { get; } = dynamicGrowthSteps > 0
        ? dynamicGrowthSteps
        : throw new TapestryException("LossScaleOptimizer.DynamicGrowthSteps", "outside its range", $"{dynamicGrowthSteps}", "a number of steps above 0", "2000 is common.");

    /// <summary>The scale of the next step.</summary>
    /// <exception cref="TapestryException">The optimizer is not built yet.</exception>
    public Variable DynamicScale => scale ?? throw NotBuilt("DynamicScale");

    /// <summary>How many finite steps there were since the scale changed.</summary>
    /// <exception cref="TapestryException">The optimizer is not built yet.</exception>
    public Variable StepCounter => counter ?? throw NotBuilt("StepCounter");

    /// <inheritdoc/>
    public override double LearningRate { get => InnerOptimizer.LearningRate; set => InnerOptimizer.LearningRate = value; }

    /// <inheritdoc/>
    public override long Iterations => InnerOptimizer.Iterations;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [.. base.Variables, .. InnerOptimizer.Variables];

    /// <inheritdoc/>
    public override void Build(IReadOnlyList<Variable> variables)
    {
        // The inner one may have failed for want of memory.
        if (counter is not null)
        {
            InnerOptimizer.Build(variables);
            return;
        }

        if ((Clipnorm ?? Clipvalue ?? GlobalClipnorm ?? WeightDecay ?? LossScaleFactor ?? GradientAccumulationSteps) is not null || UseEma) throw Refused("Build", "options belong to the inner optimizer", expected: "no options here", remedy: "Set them on the optimizer inside.");
        InnerOptimizer.ClearLossScaleFactor();
        base.Build([]);
        (counter, scale) = (AddVariable("step_counter", Ops.Constant(0L)), AddVariable("dynamic_scale", Ops.Constant((float)InitialScale)));
        InnerOptimizer.Scope = $"{Name}/";
        InnerOptimizer.Build(variables);
    }

    /// <inheritdoc/>
    public override Tensor ScaleLoss(Tensor loss) => loss * (scale is null ? Ops.Constant(InitialScale, loss.DType) : Ops.Cast(scale, loss.DType));

    /// <inheritdoc/>
    public override void FinalizeVariableValues() => InnerOptimizer.FinalizeVariableValues();

    /// <inheritdoc/>
    public override void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable>? variables = null)
    {
        if (variables is not null) Build(variables);
        var present = gradients.OfType<Tensor>().ToArray();
        if (present.Length == 0) throw Refused("Apply", "no gradients for any variable", string.Join(", ", (variables ?? []).Select(variable => variable.Path)), "at least one gradient", "Compute the loss from the variables while the tape records.");
        var finite = present.Select(gradient => Ops.All(Ops.IsFinite(IndexedSlices.WithoutDerivatives(gradient)?.Values ?? gradient))).Aggregate(Ops.LogicalAnd);
        IReadOnlyList<Variable> touched = [.. variables ?? [], .. InnerOptimizer.Variables];
        var divisor = DynamicScale.Read(observed: false);
        ConditionalUpdate.Run(finite, touched, () => InnerOptimizer.Apply([.. gradients.Select(gradient => gradient is null ? null : IndexedSlices.Map(gradient, scaled => scaled / Ops.Cast(divisor, scaled.DType)))], variables));
        var count = StepCounter.Read(observed: false);
        var grows = Ops.Equal(count, Ops.Constant((long)DynamicGrowthSteps - 1));
        StepCounter.Assign(Ops.Where(Ops.LogicalAnd(finite, Ops.LogicalNot(grows)), Ops.Add(count, 1), Ops.Constant(0L)));
        DynamicScale.Assign(Ops.Where(finite, Ops.Where(grows, divisor * 2.0, divisor), divisor * 0.5));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>
    {
        ["name"] = Name,
        ["initial_scale"] = InitialScale,
        ["dynamic_growth_steps"] = (long)DynamicGrowthSteps,
        ["inner_optimizer"] = ((Configuration.IConfigurable)InnerOptimizer).Serialize(),
    };

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        throw Refused("Update", "the inner optimizer makes the steps", remedy: "Call Apply.");

    TapestryException NotBuilt(string member) => Refused(member, "the optimizer is not built yet", remedy: "Call Build with the variables, or Apply.");
}
