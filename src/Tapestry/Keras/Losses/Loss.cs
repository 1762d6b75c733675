using Tapestry.Keras.Configuration;
using Tapestry.Keras.Losses;

namespace Tapestry.Keras;

/// <summary>
/// How far predictions are from targets. A string stands for a loss with its defaults: <c>"mse"</c>; so does a function of targets and
/// predictions, through <see cref="Of"/>.
/// </summary>
/// <remarks>
/// To add one, derive from this class and override <see cref="Call"/>, which gives one value per sample. The ready ones are in
/// <c>Tapestry.Keras.Losses</c>. Source: <c>keras.losses.Loss</c>.
/// </remarks>
public abstract class Loss : IConfigurable
{
    /// <summary>Creates the loss.</summary>
    /// <param name="name">The name; by default that of the class in snake_case.</param>
    /// <param name="reduction">How the values of the samples become one.</param>
    /// <param name="dtype">The dtype that targets and predictions are converted to; <see cref="DType.DefaultFloat"/> by default.</param>
    protected Loss(string? name = null, Reduction reduction = Reduction.SumOverBatchSize, DType? dtype = null)
    {
        if (!Enum.IsDefined(reduction)) throw new TapestryException("Loss", "unknown reduction", reduction.ToString(), string.Join(", ", Enum.GetNames<Reduction>()));
        Name = name ?? ObjectNames.ToSnakeCase(GetType().Name);
        Reduction = reduction;
        DType = dtype ?? DType.DefaultFloat;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How the values of the samples become one.</summary>
    public Reduction Reduction { get; }

    /// <summary>The dtype in which the loss is computed.</summary>
    public DType DType { get; }

    /// <summary>The loss of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No loss has this name, or it needs arguments.</exception>
    public static implicit operator Loss(string name) => ObjectRegistry.Create<Loss>(name);

    /// <summary>A loss from a function.</summary>
    /// <param name="function">Gives a value per sample from targets and predictions.</param>
    /// <param name="name">The name.</param>
    /// <param name="reduction">How the values of the samples become one.</param>
    public static Loss Of(Func<Tensor, Tensor, Tensor> function, string name = "loss", Reduction reduction = Reduction.SumOverBatchSize) => new FunctionLoss(function, name, reduction);

    /// <summary>The loss of predictions.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions. Their mask, if layers attached one, leaves samples out.</param>
    /// <param name="sampleWeight">Weights that are multiplied with the values of the samples, to whose shape they broadcast; null for none.</param>
    /// <returns>A scalar, or with <see cref="Reduction.None"/> the values of the samples.</returns>
    /// <exception cref="TapestryException">The shapes of targets and predictions do not fit.</exception>
    public Tensor Apply(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        var mask = yPred.Mask;
        var values = Call(Ops.Cast(yTrue, DType), Ops.Cast(yPred, DType));
        if (values.Mask is { } own) mask = mask is null ? own : Ops.LogicalAnd(mask, own);
        return WeightedReduction.Reduce(values, sampleWeight, mask, Reduction);
    }

    /// <summary>The values of the samples: without the last axis, not yet weighted or reduced.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions.</param>
    public abstract Tensor Call(Tensor yTrue, Tensor yPred);

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = ObjectConfig.Of(this);
        config.Remove("dtype");
        config["name"] = Name;
        config["reduction"] = ObjectNames.ToSnakeCase(Reduction.ToString());
        return config;
    }

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.losses");

    /// <summary>An error about targets and predictions.</summary>
    private protected TapestryException Refuse(string fault, Tensor yTrue, Tensor yPred, string expected, string? remedy = null) =>
        new(ObjectNames.Of(GetType()), fault, $"targets {yTrue.Spec}, predictions {yPred.Spec}", expected, remedy);

    sealed class FunctionLoss(Func<Tensor, Tensor, Tensor> function, string name, Reduction reduction) : Loss(name, reduction)
    {
        public override Tensor Call(Tensor yTrue, Tensor yPred)
        {
            RankAlignment.Align(ref yTrue, ref yPred);
            return function(yTrue, yPred);
        }

        public override IReadOnlyDictionary<string, object?> GetConfig() => throw new TapestryException($"Loss {Name}", "a function has no configuration", remedy: "Derive a class from Loss to save it.");
    }
}

/// <summary>How the values of the samples become one loss.</summary>
public enum Reduction
{
    /// <summary>Their sum over their number.</summary>
    SumOverBatchSize,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum over their number, as <see cref="SumOverBatchSize"/>.</summary>
    Mean,

    /// <summary>Their weighted sum over the sum of the weights.</summary>
    MeanWithSampleWeight,

    /// <summary>They stay as they are.</summary>
    None,
}
