namespace Tapestry.Compiler;

/// <summary>
/// Runs a program on symbolic tensors and writes down what it does. Tensors with values become constants; variables are read at the
/// start and assigned at the end; tensors of an enclosing trace become captures.
/// </summary>
sealed class Trace : IInterpreter, IEnclosed
{
    readonly List<GraphNode> nodes = [];
    readonly List<Tensor> arguments = [];
    readonly Dictionary<Tensor, Tensor> constants = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Variable, Tensor> variables = [];
    readonly List<Variable> assigned = [];
    readonly Dictionary<Symbol, Tensor> captured = [];
    readonly List<Tensor> captures = [];
    readonly Dictionary<int, Variable> capturedVariables = [];
    readonly Trace? parent;

    internal Trace(string name, Trace? parent = null, Trace? replayed = null)
    {
        Name = name;
        this.parent = parent;
        Replayed = replayed;
    }

    /// <summary>The name of the function that is traced.</summary>
    internal string Name { get; }

    /// <summary>True for the program of a loop or branch.</summary>
    internal bool IsNested => parent is not null;

    /// <summary>The trace whose graph is replayed here: its tensors stand for those that replaced them.</summary>
    internal Trace? Replayed { get; }

    /// <summary>What the tensors of the replayed graph became.</summary>
    internal Dictionary<Symbol, Tensor> Substitutes { get; } = [];

    /// <summary>True once a variable was created in here.</summary>
    internal bool CreatedVariables { get; private set; }

    /// <summary>The tensors of the enclosing trace that are used in here, in the order of the arguments that stand for them.</summary>
    internal IReadOnlyList<Tensor> Captures => captures;

    /// <summary>The variable whose reading a capture is, or null.</summary>
    internal Variable? CapturedVariable(int capture) => capturedVariables.GetValueOrDefault(capture);

    /// <summary>The variables assigned in here, in the order of their first assignment.</summary>
    internal IReadOnlyList<Variable> Assigned => assigned;

    public IEnclosed? Enclosing => (IEnclosed?)parent ?? Replayed;

    /// <summary>A new argument.</summary>
    internal Tensor AddArgument(TensorSpec spec)
    {
        var tensor = Wrap(new GraphValue(GraphValueKind.Argument, spec, this) { Index = arguments.Count });
        arguments.Add(tensor);
        return tensor;
    }

    public void Apply(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var node = new GraphNode(op, new Tensor[inputs.Length]);
        for (var i = 0; i < inputs.Length; i++) node.Inputs[i] = Import(inputs[i]);
        var specs = new TensorSpec[outputs.Length];
        var context = new InferContext(node.Inputs, specs);
        op.Infer(ref context);
        node.Outputs = new Tensor[outputs.Length];
        for (var i = 0; i < specs.Length; i++)
        {
            outputs[i] = node.Outputs[i] = Wrap(new GraphValue(GraphValueKind.Result, specs[i], this) { Producer = node, Index = i });
        }

        nodes.Add(node);
        // Elementwise operations mostly become part of loops; which do not the plan will say.
        if (!op.IsElementwise(node.Inputs)) Rehearsal.Add(op, node.Inputs);
    }

    public Tensor Read(Variable variable)
    {
        if (variables.TryGetValue(variable, out var value)) return value;
        // A body of a loop or a branch sees the variable as it is where the loop or branch stands.
        var next = captures.Count;
        value = parent is not null
            ? Import(parent.Read(variable))
            : Wrap(new GraphValue(GraphValueKind.Variable, new TensorSpec(variable.Shape, variable.DType), this) { Variable = variable });
        if (captures.Count > next) capturedVariables[next] = variable;
        return variables[variable] = value;
    }

    public void Assign(Variable variable, Tensor value)
    {
        variables[variable] = Import(value);
        if (!assigned.Contains(variable)) assigned.Add(variable);
    }

    /// <summary>Where to note what the tensors of a replayed trace become: custom gradients may hold on to them.</summary>
    internal Dictionary<Symbol, Tensor> Replaying(Trace replayed) => ReferenceEquals(replayed, Replayed) ? Substitutes : [];

    /// <summary>Lets a variable begin with a value that a loop carries.</summary>
    internal void Bind(Variable variable, Tensor value) => variables[variable] = value;

    public void Created(Variable variable)
    {
        CreatedVariables = true;
        parent?.Created(variable);
    }

    /// <summary>The graph of what was traced.</summary>
    /// <param name="outputs">The results.</param>
    internal Graph Finish(IReadOnlyList<Tensor> outputs) => new(
        Name,
        arguments,
        nodes,
        [.. outputs.Select(Import)],
        parent is null ? [.. assigned.Select(variable => new VariableUpdate(variable, variables[variable]))] : []);

    /// <summary>A tensor of this trace that stands for any tensor.</summary>
    internal Tensor Import(Tensor tensor)
    {
        switch (tensor.Symbol)
        {
            case null:
                if (constants.TryGetValue(tensor, out var constant)) return constant;
                return constants[tensor] = Wrap(new GraphValue(GraphValueKind.Constant, tensor.Spec, this) { Constant = tensor });
            case GraphValue value when ReferenceEquals(value.Trace, this):
                return tensor;
            case { } symbol when Substitutes.TryGetValue(symbol, out var substitute):
                return substitute;
            case GraphValue { Constant: { } known }:
                return Import(known);
            case GraphValue { Variable: { } variable } when parent is null:
                return Read(variable);
            case { } symbol when parent is not null:
                if (captured.TryGetValue(symbol, out var inner)) return inner;
                captures.Add(parent.Import(tensor));
                return captured[symbol] = AddArgument(tensor.Spec);
            default:
                throw new TapestryException(
                    Name,
                    "a symbolic tensor is used outside the function that it belongs to",
                    tensor.Spec.ToString(),
                    "tensors of the function that is being traced, or tensors with values",
                    "Return the tensor from its function and pass it on as an argument.");
        }
    }

    static Tensor Wrap(GraphValue value) => new(value.Spec with { Name = null }, value);
}
