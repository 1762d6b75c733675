using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Contracts.Layers;

public class DenseContract() : LayerContract<Dense>(() => new(3), [2, 4]);

public class DenseOfSequencesContract() : LayerContract<Dense>(() => new(3, useBias: false), [2, 3, 4]);

public class ActivationContract() : LayerContract<Activation>(() => new("linear"), [2, 3]);

public class FlattenContract() : LayerContract<Flatten>(() => new(), [2, 3, 4]);

public class ReshapeContract() : LayerContract<Reshape>(() => new([2, -1]), [3, 4, 2]);

public class AddContract() : LayerContract<Add>(() => new(), [2, 3, 4], [2, 3, 4], [2, 1, 4]);

public class LeakyReLUContract() : LayerContract<LeakyReLU>(() => new(0.1), [2, 5]);

public class RescalingContract() : LayerContract<Rescaling>(() => new([0.5, 2, 3], offset: -1.0), [2, 4, 3]);

public class LambdaContract() : LayerContract<Lambda>(() => new((Tensor x) => x * x), [2, 3])
{
    protected override bool HasConfig => false;
}

public class ConcatenateContract() : LayerContract<Concatenate>(() => new(axis: 1), [2, 3, 4], [2, 1, 4], [2, 2, 4]);

public class DropoutContract() : LayerContract<Dropout>(() => new(0.5), [4, 9]);

public class GaussianNoiseContract() : LayerContract<GaussianNoise>(() => new(0.3), [2, 3]);

public class ReLUContract() : LayerContract<ReLU>(() => new(maxValue: 0.8, negativeSlope: 0.1, threshold: 0.05), [2, 5]);

public class SoftmaxContract() : LayerContract<Softmax>(() => new(), [2, 5])
{
    protected override Shape MaskOf(Shape shape) => shape;
}

public class EmbeddingContract() : LayerContract<Embedding>(() => new(5, 3, maskZero: true), [2, 4])
{
    protected override Shape MaskOf(Shape shape) => shape;

    protected override bool IsDifferentiable => false;

    protected override Tensor Values(Shape shape, int input) => Ops.Reshape(Ops.Range(shape.Size) % 5, shape);
}
