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
            ComputeAll(op, inputs, outputs);
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
                ComputeAll(op, inputs, outputs);
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
                ComputeAll(op, inputs, outputs);
                return;
            }

            for (var i = 0; i < specs.Length; i++) outputs[i] = Allocate(op, specs[i]);
        }

        try
        {
            op.Run(new KernelContext(inputs, outputs));
        }
        catch (Exception exception) when (MemoryFault.IsNameless(exception))
        {
            throw MemoryFault.OfWork(op.Name, inputs, exception);
        }
    }

    static void ComputeAll(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        try
        {
            op.Compute(inputs, outputs);
        }
        catch (Exception exception) when (MemoryFault.IsNameless(exception))
        {
            throw MemoryFault.OfWork(op.Name, inputs, exception);
        }
    }

    static Tensor Allocate(Op op, TensorSpec spec)
    {
        try
        {
            return Tensor.Allocate(spec.DType, spec.Shape);
        }
        catch (Exception exception) when (MemoryFault.IsNameless(exception))
        {
            throw MemoryFault.Of(op.Name, "the result", spec, exception);
        }
    }
}
