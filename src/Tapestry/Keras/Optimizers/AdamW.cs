namespace Tapestry.Keras;

/// <summary>
/// <see cref="Adam"/> with weight decay apart from the gradient, after Loshchilov and Hutter (2019). Source: <c>keras.optimizers.AdamW</c>.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
    /// <param name="weightDecay">The share of a weight that is taken away at each step, times the learning rate.</param>
    /// <param name="beta1">How slowly the mean gradient changes.</param>
    /// <param name="beta2">How slowly the mean square changes.</param>
    /// <param name="epsilon">What keeps the divisor from zero.</param>
    /// <param name="amsgrad">Whether the divisor never falls.</param>
    public AdamW(LearningRateSchedule? learningRate = null, double weightDecay = 0.004, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsgrad = false)
        : base(learningRate, beta1, beta2, epsilon, amsgrad)
    {
        WeightDecay = weightDecay;
    }
}
