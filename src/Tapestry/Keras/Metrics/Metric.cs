using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// A number that is gathered over the batches of an epoch. A string stands for a metric with its defaults: <c>"mse"</c>; so does a function of
/// targets and predictions, through <see cref="Of"/>.
/// </summary>
/// <remarks>
/// To add one, derive from this class, make its state with <see cref="AddVariable"/> in the constructor, and override
/// <see cref="UpdateState"/> and <see cref="Result"/> with public operations. The ready ones are in <c>Tapestry.Keras.Metrics</c>. Source:
/// <c>keras.metrics.Metric</c>.
/// </remarks>
public abstract class Metric : Module, IConfigurable
{
    readonly List<Variable> variables = [];

    /// <summary>Creates the metric.</summary>
    /// <param name="name">The name, under which the result appears in logs; by default that of the class in snake_case, numbered.</param>
    /// <param name="dtype">The dtype of the state and the result; <see cref="DType.DefaultFloat"/> by default.</param>
    protected Metric(string? name = null, DType? dtype = null)
        : base(name)
    {
        if (name is null) Name = ObjectNames.Unique(GetType());
        DType = dtype ?? DType.DefaultFloat;
    }

    /// <summary>The dtype of the state and the result.</summary>
    public DType DType { get; }

    // The state of a metric is no weight of the model that has it.
    internal override bool IsState => true;

    /// <summary>Whether greater values are better; null where that cannot be told.</summary>
    public virtual bool? GreaterIsBetter => null;

    /// <summary>The metric of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No metric has this name, or it needs arguments.</exception>
    public static implicit operator Metric(string name) => ObjectRegistry.Create<Metric>(name);

    /// <summary>The mean of a function over all samples.</summary>
    /// <param name="function">Gives a value per sample from targets and predictions.</param>
    /// <param name="name">The name.</param>
    public static Metric Of(Func<Tensor, Tensor, Tensor> function, string name) => new Metrics.MeanMetricWrapper(function, name);

    /// <summary>Adds a batch.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions.</param>
    /// <param name="sampleWeight">The weights of the samples, or null.</param>
    public abstract void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null);

    /// <summary>The value for everything since the last <see cref="ResetState"/>.</summary>
    public abstract Tensor Result();

    /// <summary>The values by their names in logs; by default the one result under its name.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> Results() => new Dictionary<string, Tensor> { [Name] = Result() };

    /// <summary>Forgets everything: sets the state to zero.</summary>
    public virtual void ResetState()
    {
        foreach (var variable in variables) variable.Assign(TensorFactory.Full(variable.DType, variable.Shape, 0));
    }

    /// <summary>Adds a batch and gives the value so far.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions.</param>
    /// <param name="sampleWeight">The weights of the samples, or null.</param>
    public Tensor Apply(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        UpdateState(yTrue, yPred, sampleWeight);
        return Result();
    }

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = ObjectConfig.Of(this);
        config["name"] = Name;
        config["dtype"] = DType.Name;
        return config;
    }

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.metrics");

    /// <summary>Adds state, zero at first.</summary>
    /// <param name="name">A name.</param>
    /// <param name="shape">The shape; a scalar by default.</param>
    /// <param name="dtype">The dtype; that of the metric by default.</param>
    protected Variable AddVariable(string name, Shape? shape = null, DType? dtype = null)
    {
        var variable = new Variable(TensorFactory.Full(dtype ?? DType, shape ?? Shape.Scalar, 0), trainable: false, name: name);
        variables.Add(variable);
        return variable;
    }
}
