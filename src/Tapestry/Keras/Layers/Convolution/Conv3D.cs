namespace Tapestry.Keras.Layers;

/// <summary>Convolution over three dimensions, such as volumes. Source: <c>keras.layers.Conv3D</c>.</summary>
public sealed class Conv3D : BaseConv
{
    /// <summary>Creates the layer.</summary>
    /// <param name="filters">The number of output channels.</param>
    /// <param name="kernelSize">The size of the window, per spatial dimension.</param>
    /// <param name="strides">The step of the window; 1 by default.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>; in one dimension also <c>"causal"</c>.</param>
    /// <param name="dataFormat"><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</param>
    /// <param name="dilationRate">The distance of the elements of the kernel; 1 by default.</param>
    /// <param name="groups">The number of groups of channels, each convolved with its own filters.</param>
    /// <param name="activation">The function at the end; none by default.</param>
    /// <param name="useBias">Whether a bias is added.</param>
    /// <param name="kernelInitializer">Gives the first kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="biasInitializer">Gives the first bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel, or null.</param>
    /// <param name="biasRegularizer">A penalty on the bias, or null.</param>
    /// <param name="kernelConstraint">What is done to the kernel after each step of the optimizer, or null.</param>
    /// <param name="biasConstraint">What is done to the bias after each step of the optimizer, or null.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument does not fit.</exception>
    public Conv3D(
        int filters,
        Sizes kernelSize,
        Sizes? strides = null,
        string padding = "valid",
        string? dataFormat = null,
        Sizes? dilationRate = null,
        int groups = 1,
        ActivationFunction? activation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(3, filters, kernelSize, strides, padding, dataFormat, dilationRate, groups, activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, name)
    {
    }
}
