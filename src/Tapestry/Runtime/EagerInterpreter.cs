namespace Tapestry;

/// <summary>Computes operations at once: infer, allocate, run.</summary>
static class EagerInterpreter
{
    /// <summary>Computes an operation on tensors that have values.</summary>
    internal static void Compute(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        // One result of known shape is the usual case; everything else is kept out of its frame.
        if (outputs.Length != 1 || op.HasDynamicShape)
        {
            ComputeOthers(op, inputs, outputs);
            return;
        }

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
        Run(op, inputs, outputs);
    }

    static void ComputeOthers(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var specs = new TensorSpec[outputs.Length];
        var inference = new InferContext(inputs, specs);
        op.Infer(ref inference);
        if (op.HasDynamicShape || Array.Exists(specs, spec => !spec.Shape.IsFullyKnown))
        {
            ComputeAll(op, inputs, outputs);
            return;
        }

        for (var i = 0; i < specs.Length; i++) outputs[i] = Allocate(op, specs[i]);
        Run(op, inputs, outputs);
    }

    static void Run(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
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
