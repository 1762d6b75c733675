namespace Tapestry.Keras.Layers;

/// <summary>A list of tensors one behind the other along an axis. Source: <c>keras.layers.Concatenate</c>.</summary>
/// <param name="axis">The axis; the last by default.</param>
/// <param name="name">The name.</param>
public sealed class Concatenate(int axis = -1, string? name = null) : Layer(name)
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context) => inputs.IsTensor
        ? throw new TapestryException(Name, "one tensor is given", inputs.Describe(), "a list of tensors", "Apply([a, b]).")
        : Ops.Concat(inputs.Flatten(), Axis);

    /// <inheritdoc/>
    protected override Nest? ComputeMask(Nest inputs, Nest? masks)
    {
        if (masks is null) return null;
        // What has no mask counts everywhere; a place counts when one of its features does.
        var parts = inputs.Flatten().Zip(masks.FlattenLeaves(), (tensor, mask) => Spread(tensor, mask as Tensor)).ToArray();
        return Nest.Of(Ops.Any(Ops.Concat(parts, Axis), -1));
    }

    static Tensor Spread(Tensor tensor, Tensor? mask)
    {
        if (mask is null) return Ops.OnesLike(tensor, DType.Bool);
        return mask.Rank < tensor.Rank ? Ops.LogicalOr(Ops.ExpandDims(mask, -1), Ops.ZerosLike(tensor, DType.Bool)) : mask;
    }
}
