namespace Tapestry.Keras;

/// <summary>
/// A layer that can be trained and saved: a graph of layers between <see cref="Input"/>s and outputs, or a class of your own that overrides
/// <see cref="Layer.Call(Tensor, CallContext)"/>.
/// </summary>
/// <remarks>
/// Source: <c>keras.Model</c>.
/// <code>
/// var left = new Input([5], name: "left");
/// var right = new Input([5], name: "right");
/// var model = new Model(inputs: [left, right], outputs: new Dense(1).Apply(left + right));
/// Tensor y = model.Apply(new() { ["left"] = Ops.Ones([2, 5]), ["right"] = Ops.Ones([2, 5]) });
/// Console.WriteLine(y.Shape);   // (2, 1)
/// </code>
/// </remarks>
public class Model : Layer
{
    readonly FunctionalGraph? graph;
    Trainer? trainer;

    /// <summary>Creates a functional model: the layers and operations between symbolic tensors.</summary>
    /// <param name="inputs">One or several inputs: <c>x</c>, <c>[left, right]</c> or a dictionary.</param>
    /// <param name="outputs">What the model gives, in the same manner.</param>
    /// <param name="name">The name; <c>functional</c> and a number by default.</param>
    /// <exception cref="TapestryException">An output depends on something that is not among the inputs.</exception>
    public Model(Nest inputs, Nest outputs, string? name = null)
        : base(name ?? Configuration.ObjectNames.Unique("functional"))
    {
        graph = new FunctionalGraph(Name, inputs, outputs);
        SetBuilt(true);
    }

    /// <summary>Creates a model of a class of your own.</summary>
    /// <param name="name">The name; by default that of the class in snake_case.</param>
    protected Model(string? name = null)
        : base(name)
    {
    }

    /// <summary>Optimizer, loss and metrics, from the compilation on.</summary>
    internal Trainer Trainer => trainer ?? Interlocked.CompareExchange(ref trainer, new Trainer(this), null) ?? trainer;

    /// <summary>The metrics in the fields of the model and of its layers.</summary>
    internal IReadOnlyList<Metric> OwnMetrics => [.. Submodules.OfType<Metric>()];

    /// <summary>The layers, from the inputs on; of a class of your own, those in its fields.</summary>
    public virtual IReadOnlyList<Layer> Layers => graph is { } known ? [.. known.Layers.Where(layer => layer is not OperationLayer), .. Members().Modules.OfType<Layer>().Except(known.Layers)] : [.. OwnModules.OfType<Layer>()];

    /// <summary>The inputs of a functional model.</summary>
    /// <exception cref="TapestryException">The model has no symbolic inputs.</exception>
    public IReadOnlyList<Tensor> Inputs => (Graph ?? throw NoGraph("Inputs")).Inputs;

    /// <summary>The outputs of a functional model.</summary>
    /// <exception cref="TapestryException">The model has no symbolic outputs.</exception>
    public IReadOnlyList<Tensor> Outputs => (Graph ?? throw NoGraph("Outputs")).Outputs;

    /// <summary>The graph of a functional model, or of a sequential one that is built; null otherwise.</summary>
    internal virtual FunctionalGraph? Graph => graph;

    /// <summary>The state of the optimizer, once a model that was compiled has one.</summary>
    internal IReadOnlyList<Variable>? OptimizerVariables => trainer?.Optimizer is { IsBuilt: true } optimizer ? optimizer.Variables : null;

    /// <summary>True when the layers come from a graph that was given.</summary>
    internal bool IsFunctional => graph is not null;

    internal override string ClassName => IsFunctional && GetType() == typeof(Model) ? "Functional" : base.ClassName;

    internal override bool IsLockedOnceBuilt => graph is null;

    internal override bool ConvertsInputs => graph is null;

    /// <summary>The layer of a name.</summary>
    /// <exception cref="TapestryException">No layer has this name.</exception>
    public Layer GetLayer(string name) => Layers.FirstOrDefault(layer => layer.Name == name) ?? throw new TapestryException(Name, "no such layer", $"\"{name}\"", string.Join(", ", Layers.Select(layer => $"\"{layer.Name}\"")));

    /// <summary>The layer at a place in <see cref="Layers"/>.</summary>
    /// <exception cref="TapestryException">There is no such place.</exception>
    public Layer GetLayer(int index) => index >= 0 && index < Layers.Count ? Layers[index] : throw new TapestryException(Name, "no such layer", $"{index}", $"0 to {Layers.Count - 1}");

    /// <summary>One step of training: what <c>Fit</c> does with each batch. Override it for a step of your own; it is compiled like the usual one.</summary>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <returns>Numbers by their names, which callbacks see.</returns>
    protected internal virtual IReadOnlyDictionary<string, Tensor> TrainStep(Batch batch) => Trainer.Train(batch);

    /// <summary>One step of evaluation: what <c>Evaluate</c> does with each batch.</summary>
    /// <param name="batch">Inputs, targets and weights.</param>
    /// <returns>Numbers by their names, which callbacks see.</returns>
    protected internal virtual IReadOnlyDictionary<string, Tensor> TestStep(Batch batch) => Trainer.Test(batch);

    /// <summary>One step of prediction: what <c>Predict</c> does with each batch.</summary>
    /// <param name="batch">The inputs.</param>
    /// <returns>The predictions.</returns>
    protected internal virtual Nest PredictStep(Batch batch) => Apply(batch.X, training: false);

    /// <summary>The loss of predictions: by default that of the compiled losses, plus what layers have added.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">The targets, or null.</param>
    /// <param name="yPred">The predictions.</param>
    /// <param name="sampleWeight">The weights of the samples, or null.</param>
    /// <param name="training">Whether this is a step of training.</param>
    protected internal virtual Tensor ComputeLoss(Nest x, Nest? y, Nest yPred, Nest? sampleWeight, bool training) => Trainer.ComputeLoss(y, yPred, sampleWeight);

    /// <summary>Adds a batch to the compiled metrics and gives the results of all metrics.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">The targets, or null.</param>
    /// <param name="yPred">The predictions.</param>
    /// <param name="sampleWeight">The weights of the samples, or null.</param>
    protected internal virtual IReadOnlyDictionary<string, Tensor> ComputeMetrics(Nest x, Nest? y, Nest yPred, Nest? sampleWeight) => Trainer.UpdateMetrics(y, yPred, sampleWeight);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => graph is null ? base.GetConfig() : ModelConfig.Of(this, graph);

    /// <summary>Prints the layers with their output shapes and numbers of weights, as Keras does.</summary>
    /// <param name="lineLength">The width of the table; by default what fits the terminal, or 76 characters where there is none.</param>
    /// <param name="positions">Where the columns end, as parts of the width.</param>
    /// <param name="print">Receives the whole text; by default it goes to the console.</param>
    /// <param name="expandNested">Whether the layers of models inside are listed, too.</param>
    /// <param name="showTrainable">Whether a column says which layers are trainable.</param>
    /// <param name="layerRange">The names (or regular expressions for them) of the first and the last layer to be listed.</param>
    public void Summary(
        int? lineLength = null,
        IReadOnlyList<double>? positions = null,
        Action<string>? print = null,
        bool expandNested = false,
        bool showTrainable = false,
        (string First, string Last)? layerRange = null)
    {
        var isTerminal = print is null && !Console.IsOutputRedirected && Console.WindowWidth > 0;
        var text = ModelSummary.Of(this, new SummaryOptions(lineLength, positions, expandNested, showTrainable, layerRange) { TerminalWidth = isTerminal ? Console.WindowWidth : 80 });
        (print ?? Console.Write)(text);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => graph is { Inputs.Count: 1, Outputs.Count: 1, OutputStructure.IsTensor: true }
        ? graph.Run([ModelFeeding.Fit(graph, 0, x)]).Single()
        : base.Call(x, context);

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context) => graph is null ? base.Call(inputs, context) : graph.Run(ModelFeeding.Arrange(graph, inputs));

    internal override ModuleMembers Members()
    {
        var members = base.Members();
        if (graph is not null) members.Modules.InsertRange(0, graph.Layers.Where(layer => layer is not OperationLayer));
        return members;
    }

    private protected TapestryException NoGraph(string asked) => new(Name, $"{asked} was asked for, but the model has no symbolic tensors", remedy: "Only functional models, and sequential ones that are built, have them.");
}
