namespace Tapestry;

/// <summary>Jacobians: one backward walk per element of the target.</summary>
static class TapeJacobian
{
    /// <summary>The Jacobian with respect to a tensor or variable.</summary>
    internal static Tensor? Full(GradientTape tape, Tensor target, object source, Shape sourceShape, UnconnectedGradients unconnected)
    {
        if (!target.Shape.IsFullyKnown) throw new TapestryException("GradientTape.Jacobian", "the shape of the target is not known", target.Spec.ToString(), "known dimensions");
        return tape.Several(observer =>
        {
            var rows = new Tensor[target.Size];
            for (var i = 0; i < rows.Length; i++)
            {
                var selection = Ops.Reshape(Ops.OneHot(Ops.Constant(i), target.Size, dtype: target.DType), target.Shape);
                if (observer.Gradients([target], [source], [selection], unconnected)[0] is not { } row) return null;
                rows[i] = row;
            }

            return rows.Length == 0
                ? Ops.Zeros([.. target.Shape, .. sourceShape], target.DType)
                : Ops.Reshape(Ops.Stack(rows), [.. target.Shape, .. sourceShape]);
        });
    }

    /// <summary>The Jacobian of each sample by itself.</summary>
    internal static Tensor? PerSample(GradientTape tape, Tensor target, Tensor source, UnconnectedGradients unconnected)
    {
        if (target.Rank == 0 || source.Rank == 0 || target.Shape[0] != source.Shape[0])
        {
            throw new TapestryException("GradientTape.BatchJacobian", "target and source are not batches of the same size", $"{target.Spec}, {source.Spec}", "equal first dimensions");
        }

        return tape.Several(observer =>
        {
            var perSample = target.Shape[1..];
            if (!perSample.IsFullyKnown) throw new TapestryException("GradientTape.BatchJacobian", "the shape of a sample of the target is not known", target.Spec.ToString(), "known dimensions after the first");
            var rows = new Tensor[perSample.Size];
            for (var i = 0; i < rows.Length; i++)
            {
                var selection = Ops.Reshape(Ops.OneHot(Ops.Constant(i), rows.Length, dtype: target.DType), perSample);
                if (observer.Gradients([target], [source], [Ops.ZerosLike(target) + selection], unconnected)[0] is not { } row) return null;
                rows[i] = row;
            }

            var stacked = Ops.Stack(rows, axis: 1);
            int?[] shape = [target.Shape[0] < 0 ? null : target.Shape[0], .. perSample, .. source.Shape[1..]];
            return source.Shape[0] < 0 ? Ops.Reshape(stacked, Shape.Create([null, .. perSample, .. source.Shape[1..]])) : Ops.Reshape(stacked, Shape.Create(shape));
        });
    }
}
