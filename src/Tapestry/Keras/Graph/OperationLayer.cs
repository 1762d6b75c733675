using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>One operation on symbolic tensors of a functional model, as a node of its graph: <c>left + right</c> is the layer <c>add</c>.</summary>
sealed class OperationLayer : Layer
{
    readonly Op op;
    readonly Tensor?[] constants;

    internal OperationLayer(Op op, ReadOnlySpan<Tensor> inputs)
        : base(ObjectNames.Unique(ObjectNames.ToSnakeCase(op.Name)))
    {
        this.op = op;
        constants = new Tensor?[inputs.Length];
        for (var i = 0; i < constants.Length; i++) constants[i] = inputs[i].Symbol is NodeOutput ? null : inputs[i];
        SetBuilt(true);
    }

    /// <summary>The operation.</summary>
    internal Op Operation => op;

    internal override string ClassName => op.Name;

    internal override bool ConvertsInputs => false;

    protected override Nest Call(Nest inputs, CallContext context)
    {
        var tensors = inputs.Flatten();
        var all = new Tensor[constants.Length];
        var next = 0;
        for (var i = 0; i < all.Length; i++) all[i] = constants[i] ?? tensors[next++];
        var outputs = op.ApplyAll(all);
        return outputs.Length == 1 ? outputs[0] : outputs;
    }
}
