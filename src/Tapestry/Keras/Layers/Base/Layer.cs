using System.Runtime.CompilerServices;
using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// A computation with weights. Derive from it, keep other layers and variables in fields, and override <see cref="Call(Tensor, CallContext)"/>;
/// weights whose shape depends on the input are created in <see cref="Build(Shape)"/> with <see cref="AddWeight"/>.
/// </summary>
/// <remarks>
/// <see cref="Apply(Tensor, bool?, Tensor?)"/> is what callers use: it converts the inputs, builds the layer at the first call, finds out about
/// <c>training</c> and masks, and calls <see cref="Call(Tensor, CallContext)"/>. Source: <c>keras.layers.Layer</c>.
/// </remarks>
public abstract class Layer : Module, IConfigurable
{
    readonly Lock building = new();
    readonly LayerWeights weights;
    bool trainable = true;
    volatile bool built;

    /// <summary>Creates a layer.</summary>
    /// <param name="name">The name; by default that of the class in snake_case, numbered from the second one on: <c>dense</c>, <c>dense_1</c>.</param>
    /// <exception cref="TapestryException">The name contains a slash.</exception>
    protected Layer(string? name = null)
        : base(name)
    {
        if (name is not null && name.Contains('/')) throw new TapestryException(GetType().Name, "a layer's name contains a slash", $"\"{name}\"", "a name without '/'");
        if (name is null) Name = ObjectNames.Unique(NamePrefix);
        weights = new LayerWeights(this);
    }

    /// <summary>
    /// Whether training changes the weights. Setting it sets all layers inside and their weights; a model compiled before has to be compiled again.
    /// </summary>
    public bool Trainable
    {
        get => trainable;
        set
        {
            trainable = value;
            weights.Freeze(!value);
            foreach (var layer in OwnModules.OfType<Layer>()) layer.Trainable = value;
        }
    }

    /// <summary>The dtype of the weights, and the one to which floating-point inputs are converted. Initially <see cref="Tapestry.DType.DefaultFloat"/>.</summary>
    public DType DType { get; init; } = DType.DefaultFloat;

    /// <summary>A penalty on the outputs, which is added to the losses at each call, divided by the size of the batch; or null.</summary>
    public Regularizer? ActivityRegularizer { get; init; }

    /// <summary>True once the layer has its weights.</summary>
    public bool Built => built;

    /// <summary>What the input has to be like, or null. Usually set in the constructor or in <see cref="Build(Shape)"/>.</summary>
    public InputSpec? InputSpec { get; protected set; }

    /// <summary>Whether the layer passes the mask of its input on (<see cref="ComputeMask(Tensor, Tensor?)"/>). Otherwise a mask ends here, with a warning.</summary>
    public virtual bool SupportsMasking => false;

    /// <summary>The weights: those of this layer, the trainable ones first, then those of each layer in it.</summary>
    public IReadOnlyList<Variable> Weights => weights.All();

    /// <summary>The weights that training changes; none in a frozen layer.</summary>
    public IReadOnlyList<Variable> TrainableWeights => trainable ? [.. weights.All().Where(weight => weight.Trainable)] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableVariables => TrainableWeights;

    /// <summary>The weights that training does not change: moving averages, and all weights of a frozen layer.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights => trainable ? [.. weights.All().Where(weight => !weight.Trainable)] : weights.All();

    /// <summary>What the last call added to the loss, here and in the layers inside, and the penalties on the trainable weights.</summary>
    public IReadOnlyList<Tensor> Losses => CallLosses.Of(this);

    /// <summary>The symbolic tensors that the first symbolic call received.</summary>
    /// <exception cref="TapestryException">The layer was never called on symbolic tensors.</exception>
    public Nest Input => FirstNode().Inputs;

    /// <summary>The symbolic tensors that the first symbolic call gave.</summary>
    /// <exception cref="TapestryException">The layer was never called on symbolic tensors.</exception>
    public Nest Output => FirstNode().Outputs;

    /// <summary>Calls the layer on one tensor.</summary>
    /// <param name="x">The input: values, or a symbolic tensor of a functional model.</param>
    /// <param name="training">Whether this is a step of training; by default what the enclosing call says, and false outside of any.</param>
    /// <param name="mask">Which parts of the input count; by default the mask that the input carries.</param>
    /// <returns>The output.</returns>
    /// <exception cref="TapestryException">The input does not fit, or the layer gives several tensors.</exception>
    public Tensor Apply(Tensor x, bool? training = null, Tensor? mask = null) => CallPipeline.Call(this, x, training, mask);

    /// <inheritdoc cref="Apply(Tensor, bool?, Tensor?)"/>
    public Tensor Apply(Input x, bool? training = null, Tensor? mask = null) => CallPipeline.Call(this, x, training, mask);

    /// <inheritdoc cref="Apply(Tensor, bool?, Tensor?)"/>
    public Tensor Apply(Variable x, bool? training = null, Tensor? mask = null) => CallPipeline.Call(this, x, training, mask);

    /// <summary>Calls the layer on the elements of an array of any rank.</summary>
    /// <param name="x">The array.</param>
    /// <param name="training">Whether this is training; that of the surrounding call by default.</param>
    /// <param name="mask">Which steps count.</param>
    public Tensor Apply(Array x, bool? training = null, Tensor? mask = null) => CallPipeline.Call(this, (Tensor)x, training, mask);

    /// <summary>Calls the layer on several tensors, or for several outputs: <c>layer.Apply([a, b])</c>.</summary>
    /// <param name="inputs">A list, tuple or dictionary of tensors.</param>
    /// <param name="training">See <see cref="Apply(Tensor, bool?, Tensor?)"/>.</param>
    /// <param name="mask">Masks in the structure of the inputs; by default those that the inputs carry.</param>
    /// <param name="arguments">Further tensors by the names that the layer knows, such as <c>initial_state</c>.</param>
    /// <returns>The outputs in the structure that the layer gives them; a single one converts to <see cref="Tensor"/> by itself.</returns>
    public Nest Apply(Nest inputs, bool? training = null, Nest? mask = null, IReadOnlyDictionary<string, Nest>? arguments = null) => CallPipeline.Call(this, inputs, training, mask, arguments);

    /// <summary>Calls the layer on tensors by name: <c>model.Apply(new() { ["left"] = a, ["right"] = b })</c>.</summary>
    /// <param name="inputs">The tensors.</param>
    /// <param name="training">See <see cref="Apply(Tensor, bool?, Tensor?)"/>.</param>
    [OverloadResolutionPriority(1)]
    public Nest Apply(Dictionary<string, Tensor> inputs, bool? training = null) => CallPipeline.Call(this, inputs, training, null, null);

    /// <summary>Creates the weights for inputs of a shape, those of all layers inside included. Calling the layer does the same.</summary>
    /// <param name="inputShape">The shape of the input; the batch and other dimensions that no weight depends on may be unknown.</param>
    public void BuildFrom(Shape inputShape) => CallPipeline.Infer(this, Nest.Of(new TensorSpec(inputShape, DType)));

    /// <summary>The shape of the output for an input of a shape. Builds the layer if that has not been done.</summary>
    /// <param name="inputShape">A shape, of which some dimensions may be unknown.</param>
    /// <exception cref="TapestryException">The layer refuses such an input, or gives several tensors.</exception>
    public virtual Shape ComputeOutputShape(Shape inputShape) => CallPipeline.Infer(this, Nest.Of(new TensorSpec(inputShape, DType))).Single().Shape;

    /// <summary>The shapes of all outputs for inputs of some shapes. Builds the layer if that has not been done.</summary>
    /// <param name="inputShapes">The shapes of a list of inputs.</param>
    public virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) =>
        [.. CallPipeline.Infer(this, Nest.List(inputShapes.Select(shape => Nest.Of(new TensorSpec(shape, DType))))).Flatten().Select(output => output.Shape)];

    /// <summary>Copies of the values of all <see cref="Weights"/>.</summary>
    public IReadOnlyList<Tensor> GetWeights() => [.. weights.All().Select(weight => weight.Value)];

    /// <summary>Sets the values of all <see cref="Weights"/>.</summary>
    /// <param name="values">One tensor for each weight, in the same order and of the same shape.</param>
    /// <exception cref="TapestryException">The number of values or a shape differs.</exception>
    public void SetWeights(IReadOnlyList<Tensor> values) => weights.Set(values);

    /// <summary>The number of elements of all weights.</summary>
    /// <exception cref="TapestryException">The layer has not been built.</exception>
    public long CountParams() => Built ? weights.All().Sum(weight => (long)weight.Shape.Size) : throw NotBuilt("CountParams");

    /// <summary>The arguments from which the layer can be made again, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => LayerConfig.Of(this);

    /// <summary>Makes a layer from what <see cref="GetConfig"/> gave.</summary>
    /// <param name="className">The name of the class, such as <c>Dense</c>.</param>
    /// <param name="config">The arguments, under the names that Keras writes.</param>
    /// <exception cref="TapestryException">No such class is known, or an argument does not fit.</exception>
    public static Layer FromConfig(string className, IReadOnlyDictionary<string, object?> config) => LayerConfig.Create(className, config);

    /// <summary>Adds to the loss of the model: called from within <see cref="Call(Tensor, CallContext)"/>, for this call.</summary>
    /// <param name="loss">A scalar, or a tensor that will be summed.</param>
    public void AddLoss(Tensor loss) => CallLosses.Add(this, loss);

    /// <summary>Creates the weights of this layer, from the shape of its input. Called once, before the first call.</summary>
    /// <param name="inputShape">The shape; its dimensions may be unknown, and those that a weight depends on have to be checked.</param>
    protected virtual void Build(Shape inputShape)
    {
    }

    /// <summary>Creates the weights of a layer with several inputs. Called once, before the first call.</summary>
    /// <param name="inputShapes">The shapes of all inputs, from left to right.</param>
    protected virtual void Build(IReadOnlyList<Shape> inputShapes) => Build(inputShapes[0]);

    /// <summary>The computation, for layers with one input.</summary>
    /// <param name="x">The input.</param>
    /// <param name="context">Whether this is training, masks, and further arguments.</param>
    /// <returns>The output.</returns>
    protected virtual Tensor Call(Tensor x, CallContext context)
    {
        context.RequireOverride(this);
        var outputs = Call((Nest)x, context);
        return outputs.FlattenLeaves().Count == 1 ? outputs.Single() : throw new TapestryException(Name, "the layer gives several tensors where one is asked for", outputs.Describe(), "one tensor", "Apply([x]) gives all of them.");
    }

    /// <summary>The computation, for layers with several inputs or outputs.</summary>
    /// <param name="inputs">The inputs in the structure in which they were given.</param>
    /// <param name="context">Whether this is training, masks, and further arguments.</param>
    /// <returns>The outputs in any structure.</returns>
    protected virtual Nest Call(Nest inputs, CallContext context)
    {
        context.RequireOverride(this);
        return inputs.FlattenLeaves().Count == 1 ? Call(inputs.Single(), context) : throw new TapestryException(Name, "the layer takes one tensor", inputs.Describe(), "one tensor", "Call it on each of them.");
    }

    /// <summary>The mask of the output, for layers that <see cref="SupportsMasking"/>: that of the input, unless overridden.</summary>
    /// <param name="x">The input.</param>
    /// <param name="mask">The mask that it carries, or null.</param>
    protected virtual Tensor? ComputeMask(Tensor x, Tensor? mask) => mask;

    /// <summary>The masks of the outputs, for layers with several inputs or outputs: those of the inputs, unless overridden. Leaves may be null.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="masks">The masks that they carry, in the same structure; null when there is none at all.</param>
    protected virtual Nest? ComputeMask(Nest inputs, Nest? masks) => inputs.IsTensor || inputs.Count == 1
        ? ComputeMask(inputs.Single(), masks?.FlattenLeaves()[0] as Tensor) is { } mask ? Nest.Of(mask) : null
        : masks;

    /// <summary>Creates a weight of this layer. May be called in a constructor and in <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">The name within the layer, such as <c>kernel</c>.</param>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="initializer">Gives the first value; by default Glorot's uniform numbers for floating-point weights and zeros for others.</param>
    /// <param name="regularizer">A penalty on the values, or null.</param>
    /// <param name="constraint">What is done to the values after each step of the optimizer, or null.</param>
    /// <param name="trainable">Whether training changes the weight.</param>
    /// <param name="dtype">The dtype; by default that of the layer.</param>
    /// <exception cref="TapestryException">A dimension is unknown, or the layer is built already.</exception>
    protected Variable AddWeight(
        string name,
        Shape shape,
        Initializer? initializer = null,
        Regularizer? regularizer = null,
        Constraint? constraint = null,
        bool trainable = true,
        DType? dtype = null) => weights.Add(name, shape, initializer, regularizer, constraint, trainable, dtype ?? DType);

    /// <summary>What the names of layers without one begin with.</summary>
    internal virtual string NamePrefix => ObjectNames.ToSnakeCase(ObjectNames.Of(GetType()));

    /// <summary>What kind of layer this is, in summaries and files.</summary>
    internal virtual string ClassName => ObjectNames.Of(GetType());

    /// <summary>The symbolic calls of this layer.</summary>
    internal List<CallNode> Nodes { get; } = [];

    /// <summary>The shapes for which the layer was built.</summary>
    internal Nest? BuiltFor { get; private set; }

    /// <summary>What calls added to the loss.</summary>
    internal CallLosses CallLosses { get; } = new();

    /// <summary>The weights created by this layer itself.</summary>
    internal LayerWeights OwnWeights => weights;

    /// <summary>Whether floating-point inputs take the dtype of the layer.</summary>
    internal virtual bool ConvertsInputs => true;

    /// <summary>False for models, to which layers may be added at any time.</summary>
    internal virtual bool IsLockedOnceBuilt => true;

    internal override ModuleMembers Members() => weights.Sort(base.Members());

    internal Tensor Invoke(Tensor x, CallContext context) => Call(x, context);

    internal Nest Invoke(Nest inputs, CallContext context) => Call(inputs, context);

    internal Tensor? MaskOf(Tensor x, Tensor? mask) => ComputeMask(x, mask);

    internal Nest? MaskOf(Nest inputs, Nest? masks) => ComputeMask(inputs, masks);

    /// <summary>Builds the layer if that has not been done.</summary>
    internal void EnsureBuilt(Nest inputs)
    {
        if (built) return;
        lock (building)
        {
            if (built) return;
            var shapes = inputs.MapLeaves(leaf => leaf is Tensor tensor ? tensor.Shape : leaf);
            var list = shapes.FlattenLeaves().OfType<Shape>().ToArray();
            weights.AllOrNone(() =>
            {
                if (inputs.IsTensor) Build(list[0]);
                else Build(list);
            });
            BuiltFor = shapes;
            built = true;
        }
    }

    /// <summary>Forgets that the layer was built, for models that change.</summary>
    private protected void SetBuilt(bool value) => built = value;

    internal TapestryException NotBuilt(string asked) => new(
        Name,
        $"{asked} was asked for before the layer was built",
        "a layer without weights",
        "a built layer",
        remedy: $"Call the layer on data, or {nameof(BuildFrom)}(shape), first.");

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => LayerConfig.Serialize(this);

    CallNode FirstNode() => Nodes.Count > 0 ? Nodes[0] : throw new TapestryException(Name, "the layer was never called on symbolic tensors", remedy: "Call it on an Input, or on what another layer gave for one.");
}
