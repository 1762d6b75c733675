namespace Tapestry;

/// <summary>Rows of tensors. A row shares the memory of its tensor.</summary>
sealed class TensorSlices : Dataset
{
    readonly Nest tensors;
    readonly int count;

    internal TensorSlices(Nest tensors)
    {
        this.tensors = tensors.Map(tensor => tensor);
        var leaves = this.tensors.Flatten();
        if (leaves.Count == 0) throw new TapestryException("Dataset.FromTensorSlices", "there are no tensors", tensors.ToString(), "at least one");
        foreach (var leaf in leaves)
        {
            TensorReader.RequireValues(leaf, "Dataset.FromTensorSlices");
            if (leaf.Rank == 0 || leaf.Shape[0] != leaves[0].Shape[0]) throw new TapestryException("Dataset.FromTensorSlices", "the tensors have different numbers of rows", tensors.ToString(), "equal first dimensions", "Give every sample its target: one row in each tensor.");
        }

        count = leaves[0].Shape[0];
    }

    public override long? Cardinality => count;

    public override IEnumerator<Nest> GetEnumerator()
    {
        for (var row = 0; row < count; row++)
        {
            var at = row;
            yield return tensors.Map(tensor => tensor.Row(at));
        }
    }
}
