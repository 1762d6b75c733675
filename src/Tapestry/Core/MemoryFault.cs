namespace Tapestry;

/// <summary>What is said when memory runs out: which operation asked for which buffer of which size.</summary>
static class MemoryFault
{
    const string Remedy = "Use smaller tensors, or let go of others.";

    const string Value = "Tensor";

    /// <summary>Whether an exception says that memory has run out, without the operation that asked for it.</summary>
    internal static bool IsNameless(Exception exception) => exception is OutOfMemoryException or TapestryException { Subject: Value, InnerException: OutOfMemoryException };

    /// <summary>There is no memory for a value; who makes it is not known here.</summary>
    /// <param name="spec">Its dtype and shape.</param>
    /// <param name="exception">What ended the attempt.</param>
    internal static TapestryException OfValue(TensorSpec spec, Exception exception) => Of(Value, "the values", spec, exception);

    /// <summary>There is no memory for a value.</summary>
    /// <param name="subject">Who makes it.</param>
    /// <param name="what">What the value is: the result, the new value of a variable.</param>
    /// <param name="spec">Its dtype and shape.</param>
    /// <param name="exception">What ended the attempt.</param>
    internal static TapestryException Of(string subject, string what, TensorSpec spec, Exception exception) =>
        new(subject, $"there is not enough memory for {what}", $"{spec}, {(long)spec.Shape.Size * spec.DType.Size} bytes", remedy: Remedy, inner: exception);

    /// <summary>There is no memory for what an operation needs while it computes.</summary>
    /// <param name="op">The name of the operation.</param>
    /// <param name="inputs">What it is applied to.</param>
    /// <param name="exception">What ended the attempt.</param>
    /// <param name="consequence">What else the caller must know; null for nothing.</param>
    internal static TapestryException OfWork(string op, ReadOnlySpan<Tensor> inputs, Exception exception, string? consequence = null)
    {
        var specs = new TensorSpec[inputs.Length];
        for (var i = 0; i < specs.Length; i++) specs[i] = inputs[i].Spec;
        return new(op, $"there is not enough memory to compute{consequence}", $"{string.Join(", ", specs)}; {exception.Message.TrimEnd('.')}", remedy: Remedy, inner: exception);
    }
}
