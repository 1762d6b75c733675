namespace Tapestry.Keras;

/// <summary>Runs layers on tensors of which only dtype and shape are known, and finds those of the results.</summary>
sealed class ShapeInterpreter : IInterpreter, IEnclosed
{
    readonly Dictionary<Variable, Tensor> readings = [];

    public IEnclosed? Enclosing { get; } = Scopes.Current.Interpreter as IEnclosed;

    /// <summary>A tensor of a dtype and shape.</summary>
    internal Tensor Wrap(TensorSpec spec) => new(spec with { Name = null }, new Inferred(this));

    public void Apply(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var specs = new TensorSpec[outputs.Length];
        var context = new InferContext(inputs, specs);
        op.Infer(ref context);
        for (var i = 0; i < specs.Length; i++) outputs[i] = Wrap(specs[i]);
    }

    public Tensor Read(Variable variable) => readings.TryGetValue(variable, out var reading) ? reading : readings[variable] = Wrap(new TensorSpec(variable.Shape, variable.DType));

    public void Assign(Variable variable, Tensor value)
    {
        // Nothing happens where only shapes are computed.
    }

    public void Created(Variable variable)
    {
        // A layer may keep variables that it creates at its first call; whether it does is looked at when it computes values.
    }

    sealed class Inferred(ShapeInterpreter interpreter) : Symbol
    {
        internal override object Owner => interpreter;

        internal override string Label => "a tensor without values";
    }
}
