namespace Tapestry.Compiler;

/// <summary>The values of a graph with the shapes that they have in one plan.</summary>
sealed class PlannedValues(Graph graph)
{
    readonly Dictionary<GraphValue, Tensor> planned = [];

    /// <summary>Infers all shapes; false when one depends on values.</summary>
    internal bool Infer(IReadOnlyList<Shape> argumentShapes)
    {
        for (var i = 0; i < graph.Arguments.Count; i++) Add(graph.Arguments[i], graph.Arguments[i].Spec with { Shape = argumentShapes[i] }, null, [], 0);
        foreach (var variable in graph.Variables) Add(variable, variable.Spec, null, [], 0);
        return graph.Nodes.All(Add) && graph.Arguments.Concat(graph.Outputs).All(tensor => tensor.DType != DType.String);
    }

    /// <summary>Infers the shapes of what a node makes; false when one depends on values.</summary>
    internal bool Add(GraphNode node)
    {
        if (node.Op.HasDynamicShape) return false;
        var inputs = node.Inputs.Select(Of).ToArray();
        var specs = new TensorSpec[node.Outputs.Length];
        var context = new InferContext(inputs, specs);
        node.Op.Infer(ref context);
        for (var i = 0; i < specs.Length; i++)
        {
            if (!specs[i].Shape.IsFullyKnown || specs[i].DType == DType.String) return false;
            Add(node.Outputs[i], specs[i], node.Op, inputs, i);
        }

        return true;
    }

    /// <summary>A value with its shape.</summary>
    internal Tensor Of(Tensor tensor)
    {
        var value = Graph.ValueOf(tensor);
        if (planned.TryGetValue(value, out var known)) return known;
        var constant = value.Constant!;
        return planned[value] = new Tensor(constant.Spec, new PlanSymbol(null, [], 0, constant.Spec, constant));
    }

    /// <summary>The bytes of a value.</summary>
    internal long Bytes(Tensor tensor) => Of(tensor) is var known ? (long)known.Shape.Size * known.DType.Size : 0;

    void Add(Tensor tensor, TensorSpec spec, Op? op, Tensor[] inputs, int index) =>
        planned[Graph.ValueOf(tensor)] = new Tensor(spec, new PlanSymbol(op, inputs, index, spec, null));
}
