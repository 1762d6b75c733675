namespace Tapestry.Keras.Layers;

/// <summary>Shifts and scales each sample to mean 0 and variance 1 along some axes. Source: <c>keras.layers.LayerNormalization</c>.</summary>
public sealed class LayerNormalization : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The axis, or several; the last by default.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Whether beta is added.</param>
    /// <param name="scale">Whether the result is multiplied by gamma.</param>
    /// <param name="betaInitializer">Gives the first beta; zeros by default.</param>
    /// <param name="gammaInitializer">Gives the first gamma; ones by default.</param>
    /// <param name="betaRegularizer">A penalty on beta, or null.</param>
    /// <param name="gammaRegularizer">A penalty on gamma, or null.</param>
    /// <param name="betaConstraint">What is done to beta after each step of the optimizer, or null.</param>
    /// <param name="gammaConstraint">What is done to gamma after each step of the optimizer, or null.</param>
    /// <param name="rmsScaling">Whether the input is only divided by its standard deviation and multiplied by gamma, without beta: a form of old files.</param>
    /// <param name="name">The name.</param>
    public LayerNormalization(
        Axes? axis = null,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        bool rmsScaling = false,
        string? name = null)
        : base(name)
    {
        Axis = axis is { } given ? [.. given.Numbers.Order()] : [-1];
        Epsilon = epsilon;
        Center = center;
        Scale = scale;
        BetaInitializer = betaInitializer ?? "zeros";
        GammaInitializer = gammaInitializer ?? "ones";
        BetaRegularizer = betaRegularizer;
        GammaRegularizer = gammaRegularizer;
        BetaConstraint = betaConstraint;
        GammaConstraint = gammaConstraint;
        RmsScaling = rmsScaling;
    }

    /// <summary>The axis, or several; the last by default.</summary>
    public IReadOnlyList<int> Axis { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Whether beta is added.</summary>
    public bool Center { get; }

    /// <summary>Whether the result is multiplied by gamma.</summary>
    public bool Scale { get; }

    /// <summary>Gives the first beta; zeros by default.</summary>
    public Initializer BetaInitializer { get; }

    /// <summary>Gives the first gamma; ones by default.</summary>
    public Initializer GammaInitializer { get; }

    /// <summary>A penalty on beta, or null.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>A penalty on gamma, or null.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>What is done to beta after each step of the optimizer, or null.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>What is done to gamma after each step of the optimizer, or null.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>Whether the input is only divided by its standard deviation and multiplied by gamma.</summary>
    public bool RmsScaling { get; }

    /// <summary>The factors; null before the layer is built, and without scale.</summary>
    public Variable? Gamma { get; private set; }

    /// <summary>The offsets; null before the layer is built, and without center.</summary>
    public Variable? Beta { get; private set; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (Axis.Any(axis => axis < -inputShape.Rank || axis >= inputShape.Rank)) throw new TapestryException(Name, "there is no such axis", $"axis {string.Join(", ", Axis)}, input {inputShape}", $"axes from {-inputShape.Rank} to {inputShape.Rank - 1}");
        Shape shape = [.. Axis.Select(axis => inputShape[axis])];
        if (Scale || RmsScaling) Gamma = AddWeight("gamma", shape, GammaInitializer, GammaRegularizer, GammaConstraint);
        if (Center && !RmsScaling) Beta = AddWeight("beta", shape, BetaInitializer, BetaRegularizer, BetaConstraint);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        int[] axes = [.. Axis];
        var mean = Ops.Mean(x, axes, keepdims: true);
        var variance = Ops.Mean(Ops.Square(x - mean), axes, keepdims: true);
        var y = (RmsScaling ? x : x - mean) * Ops.Rsqrt(variance + Epsilon);
        if (Gamma is not null) y *= Spread(Gamma, x);
        if (Beta is not null) y += Spread(Beta, x);
        return y;
    }

    Tensor Spread(Tensor value, Tensor x)
    {
        var shape = Enumerable.Repeat(1, x.Rank).ToArray();
        for (var i = 0; i < Axis.Count; i++) shape[Axis[i] < 0 ? Axis[i] + x.Rank : Axis[i]] = value.Shape[i];
        return Ops.Reshape(value, [.. shape]);
    }
}
