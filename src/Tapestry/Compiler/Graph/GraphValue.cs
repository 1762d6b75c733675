namespace Tapestry.Compiler;

/// <summary>A value in a graph: an argument, a constant, the value of a variable at the start, or an output of a node.</summary>
sealed class GraphValue : Symbol
{
    Tensor? known;
    bool knownIsSettled;

    internal GraphValue(GraphValueKind kind, TensorSpec spec, Trace owner)
    {
        Kind = kind;
        Spec = spec;
        Trace = owner;
    }

    /// <summary>Where the value comes from.</summary>
    internal GraphValueKind Kind { get; }

    /// <summary>Shape and dtype; dimensions may be unknown.</summary>
    internal TensorSpec Spec { get; }

    /// <summary>The node that computes the value, if any.</summary>
    internal GraphNode? Producer { get; set; }

    /// <summary>The number of the value among those of its producer, or among the arguments.</summary>
    internal int Index { get; init; }

    /// <summary>The value of a constant.</summary>
    internal Tensor? Constant { get; init; }

    /// <summary>The variable that is read.</summary>
    internal Variable? Variable { get; init; }

    /// <summary>The trace in which the value came into being.</summary>
    internal Trace Trace { get; }

    internal override object Owner => Trace;

    internal override string Label => Kind == GraphValueKind.Argument && Spec.Name is { } name ? $"argument '{name}' of a traced function" : "tensor of a traced function";

    internal override RowList? Rows => Constant is not null ? Constant.Rows : Producer?.Op.RowsOf(Producer.Inputs);

    internal override Tensor? KnownValue
    {
        get
        {
            if (Constant is not null) return Constant;
            if (knownIsSettled || Producer is null) return known;
            knownIsSettled = true;
            return known = KnownValues.Evaluate(Producer.Op, Producer.Inputs, Index, Spec);
        }
    }
}

/// <summary>The kinds of <see cref="GraphValue"/>.</summary>
enum GraphValueKind : byte
{
    /// <summary>Given by the caller.</summary>
    Argument,

    /// <summary>Fixed when the function was traced.</summary>
    Constant,

    /// <summary>The value of a variable when the call begins.</summary>
    Variable,

    /// <summary>Computed by a node.</summary>
    Result,
}

/// <summary>One operation in a graph.</summary>
sealed class GraphNode
{
    internal GraphNode(Op op, Tensor[] inputs)
    {
        Op = op;
        Inputs = inputs;
    }

    /// <summary>The operation.</summary>
    internal Op Op { get; }

    /// <summary>What it is applied to, as symbolic tensors.</summary>
    internal Tensor[] Inputs { get; }

    /// <summary>Its results, as symbolic tensors.</summary>
    internal Tensor[] Outputs { get; set; } = [];
}
