namespace Tapestry.Keras;

/// <summary>The same value everywhere, or one tensor stretched to the shape. Source: <c>keras.initializers.Constant</c>.</summary>
/// <param name="value">A number, or a tensor that broadcasts to the shapes asked for.</param>
public sealed class Constant(Tensor value) : Initializer
{
    /// <summary>The value.</summary>
    public Tensor Value { get; } = value;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (!shape.IsFullyKnown) throw Refuse("a dimension is unknown", shape, dtype, "known dimensions");
        using var eager = Scopes.Current.Enter(null);
        return Ops.BroadcastTo(Ops.Cast(Value, dtype ?? DType.DefaultFloat), shape);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?> { ["value"] = Value.Rank == 0 ? Value.Weakness != ScalarKind.None ? Value.WeakValue : Value.Item<double>() : Value };
}
