using Tapestry.Kernels.Codegen;

namespace Tapestry;

/// <summary>What <see cref="Op.Run"/> sees: the values of the inputs, and memory for those of the outputs.</summary>
public readonly ref struct KernelContext
{
    readonly ReadOnlySpan<Tensor> inputs;
    readonly ReadOnlySpan<Tensor> outputs;

    internal KernelContext(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, BlockFinish finish = default)
    {
        this.inputs = inputs;
        this.outputs = outputs;
        Finish = finish;
    }

    /// <summary>What is done to every block of the output when it is complete; nothing unless <see cref="Op.FinishesBlocks"/> holds.</summary>
    internal BlockFinish Finish { get; }

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

    /// <summary>The first inputs with an output of their own.</summary>
    internal KernelContext Part(int count, ref readonly Tensor output, BlockFinish finish) => new(inputs[..count], new ReadOnlySpan<Tensor>(in output), finish);

    /// <summary>An input as a tensor, for kernels that choose their code by dtype.</summary>
    internal Tensor InputTensor(int input) => inputs[input];

    /// <summary>An output as a tensor.</summary>
    internal Tensor OutputTensor(int output) => outputs[output];
}
