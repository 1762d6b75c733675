namespace Tapestry.Keras;

/// <summary>A reduction over axes, computed in double precision.</summary>
sealed record InterimReductionOp(string Kind, ValueList<int> Axes, bool Keepdims, DType? Result) : Op
{
    public override string Name => Kind;

    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        var left = new List<int>();
        for (var i = 0; i < shape.Rank; i++)
        {
            if (!Axes.Contains(i)) left.Add(shape[i]);
            else if (Keepdims) left.Add(1);
        }

        context.Return(new Shape([.. left]), Result ?? context.DType(0));
    }

    public override void Gradient(GradientContext context)
    {
        var x = context.Input(0);
        var upstream = Expand(context.Upstream(0));
        if (Kind == "Sum")
        {
            context.Return(0, Ops.BroadcastLike(upstream, x));
        }
        else if (Kind == "Mean")
        {
            context.Return(0, Ops.BroadcastLike(upstream / Ops.Sum(Ops.OnesLike(x), Axes.ToArray(), keepdims: true), x));
        }
        else if (Kind == "Max")
        {
            var greatest = Ops.Cast(Ops.Equal(x, Expand(context.Output(0))), x.DType);
            context.Return(0, greatest / Ops.Sum(greatest, Axes.ToArray(), keepdims: true) * upstream);
        }
    }

    public override void Run(in KernelContext context)
    {
        var (x, output) = (context.InputTensor(0), context.OutputTensor(0));
        var shape = x.Shape;
        Span<double> results = output.Size <= 64 ? stackalloc double[output.Size] : new double[output.Size];
        Span<int> counts = output.Size <= 64 ? stackalloc int[output.Size] : new int[output.Size];
        Span<double> best = output.Size <= 64 ? stackalloc double[output.Size] : new double[output.Size];
        results.Fill(Kind switch { "Max" => double.NegativeInfinity, "All" => 1, _ => 0 });
        best.Fill(double.NegativeInfinity);
        counts.Clear();
        Span<int> index = stackalloc int[shape.Rank];
        index.Clear();
        for (var i = 0; i < x.Size; i++)
        {
            var target = 0;
            for (var axis = 0; axis < index.Length; axis++)
            {
                if (!Axes.Span.Contains(axis)) target = target * shape[axis] + index[axis];
            }

            Combine(ref results[target], ref best[target], InterimElementwiseOp.Read(x, i), index);
            counts[target]++;
            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }

        for (var i = 0; i < results.Length; i++) InterimElementwiseOp.Write(output, i, Kind == "Mean" ? results[i] / counts[i] : results[i]);
    }

    void Combine(ref double result, ref double best, double value, ReadOnlySpan<int> index)
    {
        switch (Kind)
        {
            case "Max": result = Math.Max(result, value); break;
            case "All": result = result != 0 && value != 0 ? 1 : 0; break;
            case "Any": result = result != 0 || value != 0 ? 1 : 0; break;
            case "ArgMax":
                if (value <= best) break;
                (best, result) = (value, index[Axes[0]]);
                break;
            default: result += value; break;
        }
    }

    Tensor Expand(Tensor reduced)
    {
        if (Keepdims) return reduced;
        foreach (var axis in Axes.Order()) reduced = Ops.ExpandDims(reduced, axis);
        return reduced;
    }
}
