namespace Tapestry;

/// <summary>Computes operations at once: infer, allocate, run.</summary>
static class EagerInterpreter
{
    /// <summary>Computes an operation on tensors that have values.</summary>
    internal static void Compute(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        if (op.HasDynamicShape)
        {
            var inference = new InferContext(inputs, new TensorSpec[outputs.Length]);
            op.Infer(ref inference);
            op.Compute(inputs, outputs);
            return;
        }

        if (outputs.Length == 1)
        {
            TensorSpec spec = default;
            var inference = new InferContext(inputs, new Span<TensorSpec>(ref spec));
            op.Infer(ref inference);
            if (op.IsView)
            {
                outputs[0] = inputs[0].View(spec.DType, spec.Shape);
                return;
            }

            if (!spec.Shape.IsFullyKnown)
            {
                op.Compute(inputs, outputs);
                return;
            }

            if (op.RowsOf(inputs) is { } rows)
            {
                outputs[0] = new Tensor(spec, rows);
                return;
            }

            outputs[0] = Allocate(op, spec);
        }
        else
        {
            var specs = new TensorSpec[outputs.Length];
            var inference = new InferContext(inputs, specs);
            op.Infer(ref inference);
            if (specs.Any(spec => !spec.Shape.IsFullyKnown))
            {
                op.Compute(inputs, outputs);
                return;
            }

            for (var i = 0; i < specs.Length; i++) outputs[i] = Allocate(op, specs[i]);
        }

        op.Run(new KernelContext(inputs, outputs));
    }

    static Tensor Allocate(Op op, TensorSpec spec)
    {
        try
        {
            return Tensor.Allocate(spec.DType, spec.Shape);
        }
        catch (OutOfMemoryException exception)
        {
            throw new TapestryException(op.Name, "there is not enough memory for the result", $"{spec}, {(long)spec.Shape.Size * spec.DType.Size} bytes", remedy: "Use smaller tensors, or let go of others.", inner: exception);
        }
    }
}
