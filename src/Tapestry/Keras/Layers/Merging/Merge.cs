namespace Tapestry.Keras.Layers;

/// <summary>A layer that joins a list of tensors element by element, with broadcasting of the dimensions behind the batch.</summary>
public abstract class Merge : Layer
{
    private protected Merge(string? name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected sealed override Nest Call(Nest inputs, CallContext context)
    {
        if (inputs.IsTensor) throw new TapestryException(Name, "one tensor is given", inputs.Describe(), "a list of tensors", "Apply([a, b]).");
        var tensors = inputs.Flatten();
        RequireEqualBatches(tensors);
        var rank = tensors.Max(tensor => tensor.Rank);
        return Join([.. tensors.Select(tensor => Raise(tensor, rank))]);
    }

    /// <summary>Joins tensors of equal rank.</summary>
    private protected abstract Tensor Join(IReadOnlyList<Tensor> tensors);

    /// <inheritdoc/>
    protected override Nest? ComputeMask(Nest inputs, Nest? masks)
    {
        if (masks is null) return null;
        var all = masks.FlattenLeaves();
        // A part counts when it counts in any input; without the mask of one of them nothing is known.
        return all.Contains(null) ? null : Nest.Of(all.Cast<Tensor>().Aggregate(Ops.LogicalOr));
    }

    void RequireEqualBatches(IReadOnlyList<Tensor> tensors)
    {
        var batches = tensors.Where(tensor => tensor.Rank > 0 && tensor.Shape[0] != Shape.Unknown).Select(tensor => tensor.Shape[0]).Distinct().ToArray();
        if (batches.Length > 1) throw new TapestryException(Name, "the batches differ in size", string.Join(", ", tensors.Select(tensor => tensor.Spec)), "equal first dimensions");
    }

    // The batch stays in front: new dimensions come right behind it.
    static Tensor Raise(Tensor tensor, int rank) => tensor.Rank == rank
        ? tensor
        : Ops.ReshapeEntries(tensor, new Shape([.. Enumerable.Repeat(1, rank - tensor.Rank), .. tensor.Shape.Dimensions[1..]]));
}
