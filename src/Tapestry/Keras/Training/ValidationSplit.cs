namespace Tapestry.Keras.Training;

/// <summary>Cuts the last part of the samples off for validation.</summary>
static class ValidationSplit
{
    /// <summary>The first samples, and the last fraction of them.</summary>
    internal static (Batch Training, Batch Validation) Cut(Batch data, double fraction)
    {
        if (fraction is <= 0 or >= 1) throw new TapestryException("Fit.validationSplit", "outside its range", $"{fraction}", "a number in (0, 1)");
        var samples = ArrayBatches.Cardinality(data, "Fit");
        var split = (int)Math.Floor(samples * (1 - fraction));
        if (split == 0 || split == samples) throw new TapestryException("Fit.validationSplit", "training or validation would be empty", $"{samples} samples, a split of {fraction}", "at least one sample in each", "Pass validationData instead.");
        return (Part(data, 0, split), Part(data, split, samples - split));
    }

    static Batch Part(Batch data, int start, int count) => new(Part(data.X, start, count)!, Part(data.Y, start, count), Part(data.SampleWeight, start, count));

    static Nest? Part(Nest? nest, int start, int count) => nest?.MapLeaves(leaf => leaf is null ? null : Rows(((Nest)Nest.Of(leaf)).Single(), start, count));

    static Tensor Rows(Tensor tensor, int start, int count)
    {
        var rows = Tensor.Allocate(tensor.DType, new Shape([count, .. tensor.Shape.Dimensions[1..]]));
        var width = tensor.Size / tensor.Shape[0];
        if (tensor.DType == DType.String) tensor.Texts.AsSpan(start * width, count * width).CopyTo(rows.Texts);
        else tensor.Bytes.Slice(start * width * tensor.DType.Size, count * width * tensor.DType.Size).CopyTo(rows.Bytes);
        return rows;
    }
}
