namespace Tapestry.Compiler;

/// <summary>
/// The call of a compiled function as one operation: the inputs are its arguments and the variables it reads, the outputs its results
/// and the new values of the variables it assigns.
/// </summary>
sealed record CallOp(ConcreteFunction Function) : Op
{
    public override string Name => $"Call({Function.Graph.Name})";

    public override int OutputCount => Function.Graph.Outputs.Count + Function.Graph.Updates.Count;

    public override bool HasEffects => Function.Graph.Nodes.Any(node => node.Op.HasEffects);

    int ArgumentCount => Function.Graph.Arguments.Count;

    public override bool HasDynamicShape => true;

    public override void Infer(ref InferContext context)
    {
        var graph = Function.Graph;
        for (var i = 0; i < graph.Outputs.Count; i++) context.Return(i, graph.Outputs[i].Shape, graph.Outputs[i].DType);
        for (var i = 0; i < graph.Updates.Count; i++) context.Return(graph.Outputs.Count + i, graph.Updates[i].Variable.Shape, graph.Updates[i].Variable.DType);
    }

    public override void Run(in KernelContext context) => throw new CompilerException("The call of a function allocates its own results.");

    internal override void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) =>
        Function.Executable.Run(inputs[..ArgumentCount], isPure: true, inputs[ArgumentCount..], outputs);

    public override void Gradient(GradientContext context)
    {
        var needs = new bool[context.InputCount];
        var upstream = new bool[OutputCount];
        for (var i = 0; i < needs.Length; i++) needs[i] = context.Needs(i);
        for (var i = 0; i < upstream.Length; i++) upstream[i] = context.HasUpstream(i);
        var backward = Function.Backward(needs, upstream);
        var arguments = new List<Tensor>();
        for (var i = 0; i < needs.Length; i++) arguments.Add(context.Input(i));
        for (var i = 0; i < upstream.Length; i++)
        {
            if (upstream[i]) arguments.Add(context.Upstream(i));
        }

        var results = backward.Function.Call([.. arguments]);
        for (var i = 0; i < needs.Length; i++)
        {
            if (backward.ResultOf[i] is { } result) context.Return(i, results[result]);
        }
    }
}
