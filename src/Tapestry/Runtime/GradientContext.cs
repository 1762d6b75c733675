namespace Tapestry;

/// <summary>What <see cref="Op.Gradient"/> sees: one application of the operation, and the gradients that arrive at its outputs.</summary>
public sealed class GradientContext
{
    readonly ReadOnlyMemory<Tensor> inputs;
    readonly ReadOnlyMemory<Tensor> outputs;
    readonly Tensor?[] upstream;
    readonly bool[] needs;
    readonly Tensor?[] results;

    internal GradientContext(ReadOnlyMemory<Tensor> inputs, ReadOnlyMemory<Tensor> outputs, Tensor?[] upstream, bool[] needs)
    {
        this.inputs = inputs;
        this.outputs = outputs;
        this.upstream = upstream;
        this.needs = needs;
        results = new Tensor?[inputs.Length];
    }

    /// <summary>The number of inputs.</summary>
    public int InputCount => inputs.Length;

    /// <summary>An input. Where <see cref="Op.SavesInput"/> is false only its shape and dtype may be used.</summary>
    public Tensor Input(int input) => inputs.Span[input];

    /// <summary>An output. Where <see cref="Op.SavesOutput"/> is false only its shape and dtype may be used.</summary>
    public Tensor Output(int output) => outputs.Span[output];

    /// <summary>The gradient of the target with respect to an output; zeros where nothing depends on that output.</summary>
    public Tensor Upstream(int output) => upstream[output] ??= Ops.ZerosLike(Output(output));

    /// <summary>True when the target depends on this output at all.</summary>
    public bool HasUpstream(int output) => upstream[output] is not null;

    /// <summary>True when the gradient of this input is wanted.</summary>
    public bool Needs(int input) => needs[input];

    /// <summary>Gives the gradient of an input. It has the shape and the dtype of the input.</summary>
    public void Return(int input, Tensor gradient) => results[input] = gradient;

    internal Tensor? Result(int input) => results[input];
}
