namespace Tapestry.Keras.Layers;

/// <summary>The sum of a list of tensors. Source: <c>keras.layers.Add</c>.</summary>
/// <param name="name">The name.</param>
public sealed class Add(string? name = null) : Merge(name)
{
    private protected override Tensor Join(IReadOnlyList<Tensor> tensors) => tensors.Aggregate((sum, tensor) => sum + tensor);
}
