namespace Tapestry;

/// <summary>What <see cref="Op.Infer"/> sees: the shapes and dtypes of the inputs, and where to put those of the outputs.</summary>
public readonly ref struct InferContext
{
    readonly ReadOnlySpan<Tensor> inputs;
    readonly Span<TensorSpec> outputs;

    internal InferContext(ReadOnlySpan<Tensor> inputs, Span<TensorSpec> outputs)
    {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /// <summary>The number of inputs.</summary>
    public int InputCount => inputs.Length;

    /// <summary>The shape of an input; its dimensions may be unknown.</summary>
    public Shape Shape(int input) => inputs[input].Shape;

    /// <summary>The dtype of an input.</summary>
    public DType DType(int input) => inputs[input].DType;

    /// <summary>
    /// The value of an input, for operations whose output shape depends on it: always known in eager execution, and while tracing
    /// as far as it follows from constants and known shapes. Null otherwise.
    /// </summary>
    public Tensor? KnownValue(int input) => inputs[input].Symbol is { } symbol ? symbol.KnownValue : inputs[input];

    /// <summary>Sets shape and dtype of the only output.</summary>
    public void Return(Shape shape, DType dtype) => outputs[0] = new TensorSpec(shape, dtype);

    /// <summary>Sets shape and dtype of one output.</summary>
    public void Return(int output, Shape shape, DType dtype) => outputs[output] = new TensorSpec(shape, dtype);

    /// <summary>The inputs, for a message: <c>float32[32,784], float32[10,784]</c>.</summary>
    public string Describe()
    {
        var texts = new string[inputs.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = inputs[i].Spec.ToString();
        return string.Join(", ", texts);
    }
}
