namespace Tapestry.Keras.Layers;

/// <summary>eˣ divided by the sum of them along an axis, or several. What a mask leaves out gets 0. Source: <c>keras.layers.Softmax</c>.</summary>
public sealed class Softmax : Layer
{
    readonly int[] axes;

    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The axis, or several; the last by default.</param>
    /// <param name="name">The name.</param>
    public Softmax(Axes? axis = null, string? name = null)
        : base(name)
    {
        axes = axis is { } given ? [.. given.Numbers] : [-1];
    }

    /// <summary>The axes.</summary>
    public IReadOnlyList<int> Axis => axes;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>(LayerConfig.Common(this))
    {
        ["axis"] = axes.Length == 1 ? (long)axes[0] : axes.Select(axis => (object?)(long)axis).ToList(),
    };

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (context.Mask is not { } mask) return Shares(x);
        if (mask.DType != DType.Bool) mask = Ops.Greater(mask, 0.5);
        // Not minus infinity, so that a row without any part gives zeros instead of NaN.
        var low = x.DType == DType.Float16 ? -3e4 : -1e9;
        return Shares(Ops.Where(mask, x, Ops.Cast(low, x.DType))) * Ops.Cast(mask, x.DType);
    }

    // Several axes are one row to the operation, which has to know their lengths.
    Tensor Shares(Tensor x)
    {
        if (axes.Length == 1 || !axes.Any(axis => x.Shape[axis] == Shape.Unknown)) return Ops.Softmax(x, axes);
        var powers = Ops.Exp(x - Ops.Max(x, axes, keepdims: true));
        return powers / Ops.Sum(powers, axes, keepdims: true);
    }
}
