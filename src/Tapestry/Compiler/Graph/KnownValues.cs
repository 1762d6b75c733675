namespace Tapestry.Compiler;

/// <summary>
/// Computes, while a function is traced or planned, small values that follow from constants and known shapes: what
/// <c>Ops.Reshape(x, Ops.Shape(y))</c> needs to know its result's shape.
/// </summary>
static class KnownValues
{
    const int LargestSize = 1024;

    /// <summary>One output of an operation, or null when it depends on values that are not known yet.</summary>
    internal static Tensor? Evaluate(Op op, ReadOnlySpan<Tensor> inputs, int output, TensorSpec spec)
    {
        if (op.HasEffects || op.HasDynamicShape || !spec.Shape.IsFullyKnown || spec.Shape.Size > LargestSize) return null;
        var values = new Tensor[inputs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var input = inputs[i];
            if (!op.ReadsValue(i))
            {
                if (!input.Shape.IsFullyKnown) return null;
                values[i] = new Tensor(input.DType, input.Shape, null, 0, null);
            }
            else
            {
                if (input.Symbol is { } symbol) input = symbol.KnownValue;
                if (input is null || input.Size > LargestSize) return null;
                values[i] = input;
            }
        }

        var results = new Tensor[op.OutputCount];
        EagerInterpreter.Compute(op, values, results);
        return results[output];
    }
}
