namespace Tapestry.Compiler;

/// <summary>One sum without its centred terms; see <see cref="CenteredSums"/>.</summary>
sealed class CenteredSum
{
    readonly List<GraphNode> nodes = [];
    readonly GraphNode whole;
    readonly Tensor like;
    readonly Shape shape;
    readonly bool[] isSummed;

    CenteredSum(GraphNode whole)
    {
        this.whole = whole;
        (shape, like, Value) = (whole.Inputs[0].Shape, whole.Inputs[1], whole.Outputs[0]);
        var added = shape.Rank - like.Rank;
        isSummed = new bool[shape.Rank];
        for (var axis = 0; axis < isSummed.Length; axis++) isSummed[axis] = axis < added || (like.Shape[axis - added] == 1 && shape[axis] != 1);
    }

    /// <summary>The operations that compute what is left.</summary>
    internal IReadOnlyList<GraphNode> Nodes => nodes;

    /// <summary>What is left.</summary>
    internal Tensor Value { get; private set; }

    /// <summary>A sum without its centred terms; null when it has none.</summary>
    /// <param name="node">A <see cref="TermForm.SumToShape"/>.</param>
    internal static CenteredSum? Of(GraphNode node)
    {
        var (terms, like) = (node.Inputs[0], node.Inputs[1]);
        if (!like.Shape.IsFullyKnown || like.Rank > terms.Rank || terms.Rank == 0) return null;
        var sum = new CenteredSum(node);
        if (!sum.HasCentredTerm(terms)) return null;
        sum.Value = sum.Sum(terms) ?? GraphEditor.Constant(Ops.Zeros(like.Shape, terms.DType), inTraceOf: terms);
        return sum;
    }

    bool HasCentredTerm(Tensor value)
    {
        if (IsCentred(value)) return true;
        if (Producer(value) is not { } node) return false;
        return node.Op.Term switch
        {
            TermForm.Negation => HasCentredTerm(node.Inputs[0]),
            TermForm.Product => Factor(node) is (_, var rest) && HasCentredTerm(rest),
            // What is unknown could be stretched by the other term.
            TermForm.Sum or TermForm.Difference => shape.IsFullyKnown && node.Inputs.All(input => input.Shape == shape) && node.Inputs.Any(HasCentredTerm),
            _ => false,
        };
    }

    // The sum of a value; null when it is zero.
    Tensor? Sum(Tensor value)
    {
        if (IsCentred(value)) return null;
        var node = Producer(value);
        switch (node?.Op.Term)
        {
            case TermForm.Negation:
                return Sum(node.Inputs[0]) is { } opposite ? Add(node.Op, opposite) : null;
            case TermForm.Product when Factor(node) is (var factor, var rest):
                return Sum(rest) is { } single ? Add(node.Op, factor, single) : null;
            case TermForm.Sum or TermForm.Difference when HasCentredTerm(value):
                return (Sum(node.Inputs[0]), Sum(node.Inputs[1])) switch
                {
                    ({ } left, { } right) => Add(node.Op, left, right),
                    (null, { } right) => node.Op.Term == TermForm.Sum ? right : Add(node.Op, GraphEditor.Constant(Ops.Zeros([], right.DType), inTraceOf: right), right),
                    var (left, _) => left,
                };
            default:
                return Add(whole.Op, value, like);
        }
    }

    // A factor that does not vary along the summed dimensions, before it was stretched, and the other factor, which has the whole shape.
    (Tensor Constant, Tensor Varying)? Factor(GraphNode product)
    {
        for (var i = 0; i < 2; i++)
        {
            Tensor factor = product.Inputs[i], rest = product.Inputs[1 - i];
            if (rest.Shape != shape) continue;
            if (Producer(factor) is { Op.Term: TermForm.Stretch } stretched) factor = stretched.Inputs[0];
            if (factor.Rank <= like.Rank && IsConstant(factor.Shape)) return (factor, rest);
        }

        return null;
    }

    bool IsConstant(Shape factor)
    {
        for (var axis = 0; axis < isSummed.Length; axis++)
        {
            var own = axis - (shape.Rank - factor.Rank);
            if (isSummed[axis] && own >= 0 && factor[own] != 1) return false;
        }

        return true;
    }

    // x − mean(x), where the mean runs along summed dimensions only.
    bool IsCentred(Tensor value) =>
        value.Shape == shape && Producer(value) is { Op.Term: TermForm.Difference } difference && Producer(difference.Inputs[1]) is { Op.Term: TermForm.Mean } mean
        && ReferenceEquals(mean.Inputs[0].Symbol, difference.Inputs[0].Symbol) && RunsAlongSummed(mean.Outputs[0].Shape);

    // The mean has the rank of its input, and its dimensions are 1 where it runs along them.
    bool RunsAlongSummed(Shape mean) => mean.Rank == shape.Rank && Enumerable.Range(0, mean.Rank).All(axis => isSummed[axis] || mean[axis] == shape[axis]);

    static GraphNode? Producer(Tensor value) => Graph.ValueOf(value).Producer;

    Tensor Add(Op op, params ReadOnlySpan<Tensor> inputs)
    {
        var node = GraphEditor.Node(op, inputs);
        nodes.Add(node);
        return node.Outputs[0];
    }
}
