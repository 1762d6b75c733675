namespace Tapestry.Keras.Training;

/// <summary>Joins the predictions of batches along their first axis.</summary>
static class RowJoin
{
    /// <summary>The tensors one below the other.</summary>
    internal static Tensor Of(Tensor[] parts)
    {
        var first = parts[0];
        if (first.Rank == 0 || parts.Any(part => part.Shape[1..] != first.Shape[1..]))
        {
            throw new TapestryException("Predict", "the outputs of the batches do not fit together", string.Join(", ", parts.Select(part => part.Spec.ToString()).Distinct()), "outputs whose shapes differ in the first axis only", "Use PredictOnBatch for each batch.");
        }

        var rows = parts.Sum(part => part.Shape[0]);
        var joined = Tensor.Allocate(first.DType, new Shape([rows, .. first.Shape.Dimensions[1..]]));
        var offset = 0;
        foreach (var part in parts)
        {
            if (first.DType == DType.String) part.Texts.CopyTo(joined.Texts, offset);
            else part.Bytes.CopyTo(joined.Bytes[offset..]);
            offset += first.DType == DType.String ? part.Size : part.Bytes.Length;
        }

        return joined;
    }
}
