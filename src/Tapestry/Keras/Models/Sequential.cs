using Tapestry.Keras.Layers;

namespace Tapestry.Keras;

/// <summary>A stack of layers, each of which takes what the one before it gives.</summary>
/// <remarks>
/// With an <see cref="Input"/> at the beginning the layers get their weights as they are added, else at the first call. Source:
/// <c>keras.Sequential</c>.
/// <code>
/// var model = new Sequential([new Input([5]), new Dense(8), new Dense(1)]);
/// Console.WriteLine(model.Apply(Ops.Ones([2, 5])).Shape);   // (2, 1)
/// </code>
/// </remarks>
public sealed class Sequential : Model
{
    readonly List<Layer> stack = [];
    FunctionalGraph? graph;

    /// <summary>Creates a model.</summary>
    /// <param name="layers">The layers; the first may be an <see cref="Input"/>.</param>
    /// <param name="name">The name; <c>sequential</c> and a number by default.</param>
    public Sequential(IEnumerable<Layer>? layers = null, string? name = null)
        : base(name)
    {
        foreach (var layer in layers ?? []) Push(layer);
        Rebuild();
    }

    /// <summary>The layers, without the input.</summary>
    public override IReadOnlyList<Layer> Layers => stack is [InputLayer, ..] ? stack[1..] : [.. stack];

    internal override FunctionalGraph? Graph => graph;

    internal override bool IsLockedOnceBuilt => false;

    internal override bool ConvertsInputs => false;

    /// <summary>Adds a layer at the end.</summary>
    /// <param name="layer">A layer, or an <see cref="Input"/> as the first.</param>
    /// <exception cref="TapestryException">A layer of this name is there, or an input comes behind others.</exception>
    public void Add(Layer layer)
    {
        Push(layer);
        Rebuild();
    }

    /// <summary>Takes the last layer away.</summary>
    /// <returns>That layer.</returns>
    /// <exception cref="TapestryException">There is none.</exception>
    public Layer Pop()
    {
        if (stack.Count == 0) throw new TapestryException(Name, "there is no layer to take away");
        var last = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        Rebuild();
        return last;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => ModelConfig.Of(this, stack);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (stack.Count == 0) throw new TapestryException(Name, "the model has no layers", remedy: "Add some first.");
        if (stack[0] is not InputLayer) stack.Insert(0, new InputLayer(batchShape: inputShape, dtype: stack[0].DType));
        Connect();
    }

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        // A stack whose first layer takes several tensors is applied layer by layer.
        if (inputShapes.Count == 1) Build(inputShapes[0]);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => graph is { OutputStructure.IsTensor: true } known ? known.Run([ModelFeeding.Fit(known, 0, x)]).Single() : base.Call(x, context);

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        if (graph is { } known) return known.Run(ModelFeeding.Arrange(known, inputs));
        foreach (var layer in Layers) inputs = layer.Apply(inputs);
        return inputs;
    }

    void Push(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (stack.Exists(other => other.Name == layer.Name)) throw new TapestryException(Name, "two layers have the same name", $"\"{layer.Name}\"", "a name of its own for each layer");
        if (layer is InputLayer && stack.Count > 0) throw new TapestryException(Name, "an input behind other layers", layer.Name, "an input as the first layer only");
        stack.Add(layer);
    }

    // The graph is put together anew; layers that are built keep their weights.
    void Rebuild()
    {
        graph = null;
        SetBuilt(false);
        if (stack is not [InputLayer, _, ..]) return;
        var call = CallContext.Enter(this, null);
        try
        {
            Connect();
            SetBuilt(true);
        }
        finally
        {
            call.Leave();
        }
    }

    void Connect()
    {
        var input = stack[0].Output;
        var x = input;
        foreach (var layer in stack[1..]) x = layer.Apply(x);
        graph = new FunctionalGraph(Name, input, x);
    }
}
