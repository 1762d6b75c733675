namespace Tapestry.Keras.Layers;

/// <summary>
/// Shifts and scales each channel to mean 0 and variance 1: in training by the moments of the batch, which also move the averages; otherwise, and when
/// frozen, by the moving averages. Source: <c>keras.layers.BatchNormalization</c>.
/// </summary>
public sealed class BatchNormalization : Layer
{
    BatchRenormalization? renormalization;

    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The axis of the channels.</param>
    /// <param name="momentum">The share of the moving averages that stays at each step.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Whether beta is added.</param>
    /// <param name="scale">Whether the result is multiplied by gamma.</param>
    /// <param name="betaInitializer">Gives the first beta; zeros by default.</param>
    /// <param name="gammaInitializer">Gives the first gamma; ones by default.</param>
    /// <param name="movingMeanInitializer">Gives the first moving mean; zeros by default.</param>
    /// <param name="movingVarianceInitializer">Gives the first moving variance; ones by default.</param>
    /// <param name="betaRegularizer">A penalty on beta, or null.</param>
    /// <param name="gammaRegularizer">A penalty on gamma, or null.</param>
    /// <param name="betaConstraint">What is done to beta after each step of the optimizer, or null.</param>
    /// <param name="gammaConstraint">What is done to gamma after each step of the optimizer, or null.</param>
    /// <param name="renorm">Whether training corrects the moments of the batch towards slowly moving ones: batch renormalization, https://arxiv.org/abs/1702.03275.</param>
    /// <param name="renormClipping">Limits of the corrections: <c>rmin</c>, <c>rmax</c>, <c>dmax</c>, each may be missing; null for none.</param>
    /// <param name="renormMomentum">The share of the moments for these corrections that stays at each step.</param>
    /// <param name="name">The name.</param>
    public BatchNormalization(
        int axis = -1,
        double momentum = 0.99,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Initializer? movingMeanInitializer = null,
        Initializer? movingVarianceInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        bool renorm = false,
        IReadOnlyDictionary<string, double>? renormClipping = null,
        double renormMomentum = 0.99,
        string? name = null)
        : base(name)
    {
        Axis = axis;
        Momentum = momentum;
        Epsilon = epsilon;
        Center = center;
        Scale = scale;
        BetaInitializer = betaInitializer ?? "zeros";
        GammaInitializer = gammaInitializer ?? "ones";
        MovingMeanInitializer = movingMeanInitializer ?? "zeros";
        MovingVarianceInitializer = movingVarianceInitializer ?? "ones";
        BetaRegularizer = betaRegularizer;
        GammaRegularizer = gammaRegularizer;
        BetaConstraint = betaConstraint;
        GammaConstraint = gammaConstraint;
        Renorm = renorm;
        RenormClipping = renormClipping ?? (renorm ? new Dictionary<string, double>() : null);
        RenormMomentum = renormMomentum;
        foreach (var key in RenormClipping?.Keys ?? [])
        {
            if (key is not ("rmin" or "rmax" or "dmax")) throw new TapestryException(Name, "unknown limit of renormalization", $"\"{key}\"", "\"rmin\", \"rmax\", \"dmax\"");
        }
    }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

    /// <summary>The share of the moving averages that stays at each step.</summary>
    public double Momentum { get; }

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

    /// <summary>Gives the first moving mean; zeros by default.</summary>
    public Initializer MovingMeanInitializer { get; }

    /// <summary>Gives the first moving variance; ones by default.</summary>
    public Initializer MovingVarianceInitializer { get; }

    /// <summary>A penalty on beta, or null.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>A penalty on gamma, or null.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>What is done to beta after each step of the optimizer, or null.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>What is done to gamma after each step of the optimizer, or null.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>Whether training corrects the moments of the batch towards slowly moving ones.</summary>
    public bool Renorm { get; }

    /// <summary>Limits of the corrections; null without renormalization.</summary>
    public IReadOnlyDictionary<string, double>? RenormClipping { get; }

    /// <summary>The share of the moments for the corrections that stays at each step.</summary>
    public double RenormMomentum { get; }

    /// <summary>The factors; null before the layer is built, and without scale.</summary>
    public Variable? Gamma { get; private set; }

    /// <summary>The offsets; null before the layer is built, and without center.</summary>
    public Variable? Beta { get; private set; }

    /// <summary>The moving mean.</summary>
    /// <exception cref="TapestryException">The layer is not built yet.</exception>
    public Variable MovingMean { get => field ?? throw NotBuilt(nameof(MovingMean)); private set; }

    /// <summary>The moving variance.</summary>
    /// <exception cref="TapestryException">The layer is not built yet.</exception>
    public Variable MovingVariance { get => field ?? throw NotBuilt(nameof(MovingVariance)); private set; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>(base.GetConfig()) { ["synchronized"] = false };

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (Axis < -inputShape.Rank || Axis >= inputShape.Rank) throw new TapestryException(Name, "there is no such axis", $"axis {Axis}, input {inputShape}", $"an axis from {-inputShape.Rank} to {inputShape.Rank - 1}");
        var channels = inputShape[Axis];
        if (Scale) Gamma = AddWeight("gamma", [channels], GammaInitializer, GammaRegularizer, GammaConstraint);
        if (Center) Beta = AddWeight("beta", [channels], BetaInitializer, BetaRegularizer, BetaConstraint);
        MovingMean = AddWeight("moving_mean", [channels], MovingMeanInitializer, trainable: false);
        MovingVariance = AddWeight("moving_variance", [channels], MovingVarianceInitializer, trainable: false);
        if (Renorm) renormalization = new BatchRenormalization(RenormClipping!, RenormMomentum, Epsilon, AddWeight("moving_stddev", [channels], "ones", trainable: false), AddWeight("renorm_mean", [channels], "zeros", trainable: false), AddWeight("renorm_stddev", [channels], "ones", trainable: false));
        InputSpec = new InputSpec(ndim: inputShape.Rank, axes: new Dictionary<int, int> { [Axis] = channels });
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor mean = MovingMean, variance = MovingVariance;
        var mask = context.Mask;
        var axis = Axis < 0 ? Axis + x.Rank : Axis;
        (Tensor Factor, Tensor Offset)? correction = null;
        if (context.Training && Trainable)
        {
            var channels = MovingMean.Shape;
            var (batchMean, batchVariance) = Moments(x, [.. Enumerable.Range(0, x.Rank).Where(other => other != axis)], mask);
            batchMean = Ops.Reshape(batchMean, channels);
            batchVariance = Ops.Reshape(batchVariance, channels);
            var deviation = renormalization is null ? null : Ops.Sqrt(batchVariance + Epsilon);
            if (deviation is not null) correction = renormalization!.Correct(batchMean, deviation);
            MovingMean.Assign((mean * Momentum) + (batchMean * (1 - Momentum)));
            MovingVariance.Assign(deviation is not null ? renormalization!.MoveVariance(deviation, Momentum) : (variance * Momentum) + (batchVariance * (1 - Momentum)));
            (mean, variance) = (batchMean, batchVariance);
        }

        var factor = Ops.Rsqrt(variance + Epsilon);
        if (correction is { } scaled) factor *= scaled.Factor;
        if (Gamma is not null) factor *= Gamma;
        var offset = -mean * factor;
        if (correction is { } moved) offset += Gamma is null ? moved.Offset : moved.Offset * Gamma;
        if (Beta is not null) offset += Beta;
        return (x * Spread(factor)) + Spread(offset);

        Tensor Spread(Tensor value) => axis == x.Rank - 1 ? value : Ops.Reshape(value, [.. Enumerable.Range(0, x.Rank).Select(other => other == axis ? value.Shape[0] : 1)]);
    }

    static (Tensor Mean, Tensor Variance) Moments(Tensor x, int[] axes, Tensor? mask)
    {
        if (mask is null)
        {
            var mean = Ops.Mean(x, axes, keepdims: true);
            return (mean, Ops.Mean(Ops.Square(x - mean), axes, keepdims: true));
        }

        var weights = Ops.Cast(mask, x.DType);
        while (weights.Rank < x.Rank) weights = Ops.ExpandDims(weights, -1);
        var count = Ops.Sum(weights, axes, keepdims: true) + 1e-7;
        var average = Ops.Sum(x * weights, axes, keepdims: true) / count;
        return (average, Ops.Sum(Ops.Square(x - average) * weights, axes, keepdims: true) / count);
    }
}
