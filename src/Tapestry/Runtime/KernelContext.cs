namespace Tapestry;

/// <summary>What <see cref="Op.Run"/> sees: the values of the inputs, and memory for those of the outputs.</summary>
public readonly ref struct KernelContext
{
    readonly ReadOnlySpan<Tensor> inputs;
    readonly ReadOnlySpan<Tensor> outputs;

    internal KernelContext(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /// <summary>The number of inputs.</summary>
    public int InputCount => inputs.Length;

    /// <summary>The number of outputs.</summary>
    public int OutputCount => outputs.Length;

    /// <summary>Shape and dtype of an input.</summary>
    public TensorSpec InputSpec(int input) => inputs[input].Spec;

    /// <summary>Shape and dtype of an output.</summary>
    public TensorSpec OutputSpec(int output) => outputs[output].Spec;

    /// <summary>The elements of an input in C order. <typeparamref name="T"/> is the type of its dtype, or one of the same size.</summary>
    public ReadOnlySpan<T> Input<T>(int input)
        where T : unmanaged => inputs[input].Elements<T>();

    /// <summary>The elements of an output, of undefined content: every one has to be written.</summary>
    public Span<T> Output<T>(int output)
        where T : unmanaged => outputs[output].Elements<T>();

    /// <summary>The elements of a string input.</summary>
    public ReadOnlySpan<string> InputTexts(int input) => inputs[input].Texts;

    /// <summary>The elements of a string output.</summary>
    public Span<string> OutputTexts(int output) => outputs[output].Texts;

    /// <summary>An input as a tensor, for kernels that choose their code by dtype.</summary>
    internal Tensor InputTensor(int input) => inputs[input];

    /// <summary>An output as a tensor.</summary>
    internal Tensor OutputTensor(int output) => outputs[output];
}
