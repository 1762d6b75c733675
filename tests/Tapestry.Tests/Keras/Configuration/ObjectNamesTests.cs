using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Keras.Configuration;

public class ObjectNamesTests
{
    [Theory]
    [InlineData("GlorotUniform", "glorot_uniform")]
    [InlineData("L1L2", "l1l2")]
    [InlineData("RMSprop", "rm_sprop")]
    [InlineData("AdamW", "adam_w")]
    [InlineData("BinaryIoU", "binary_io_u")]
    [InlineData("KLDivergence", "kl_divergence")]
    [InlineData("Conv2DTranspose", "conv2d_transpose")]
    [InlineData("SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy")]
    [InlineData("LSTMCell", "lstm_cell")]
    [InlineData("ReLU", "re_lu")]
    [InlineData("STFT", "stft")]
    public void ClassNamesBecomeSnakeCaseAsInKeras(string name, string expected) => Assert.Equal(expected, ObjectNames.ToSnakeCase(name));

    [Theory]
    [InlineData("learningRate", "learning_rate")]
    [InlineData("beta1", "beta_1")]
    [InlineData("beta2Decay", "beta_2_decay")]
    [InlineData("l1", "l1")]
    [InlineData("l2ShrinkageRegularizationStrength", "l2_shrinkage_regularization_strength")]
    [InlineData("Clipnorm", "clipnorm")]
    public void ArgumentsBecomeKeys(string argument, string expected) => Assert.Equal(expected, ObjectNames.ToKey(argument));
}
