using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Contracts.Layers;

public class Conv1DContract() : LayerContract<Conv1D>(() => new(4, 2), [2, 6, 4]);

public class MaxPooling1DContract() : LayerContract<MaxPooling1D>(() => new(), [2, 6, 4]);

public class GlobalMaxPooling1DContract() : LayerContract<GlobalMaxPooling1D>(() => new(), [2, 6, 4]);

public class AveragePooling1DContract() : LayerContract<AveragePooling1D>(() => new(), [2, 6, 4]);

public class GlobalAveragePooling1DContract() : LayerContract<GlobalAveragePooling1D>(() => new(), [2, 6, 4])
{
    protected override bool ConsumesMask => true;
}

public class Conv2DContract() : LayerContract<Conv2D>(() => new(4, 2), [2, 6, 6, 4]);

public class MaxPooling2DContract() : LayerContract<MaxPooling2D>(() => new(), [2, 6, 6, 4]);

public class GlobalMaxPooling2DContract() : LayerContract<GlobalMaxPooling2D>(() => new(), [2, 6, 6, 4]);

public class AveragePooling2DContract() : LayerContract<AveragePooling2D>(() => new(), [2, 6, 6, 4]);

public class GlobalAveragePooling2DContract() : LayerContract<GlobalAveragePooling2D>(() => new(), [2, 6, 6, 4]);

public class Conv3DContract() : LayerContract<Conv3D>(() => new(4, 2), [2, 4, 4, 4, 2]);

public class MaxPooling3DContract() : LayerContract<MaxPooling3D>(() => new(), [2, 4, 4, 4, 2]);

public class GlobalMaxPooling3DContract() : LayerContract<GlobalMaxPooling3D>(() => new(), [2, 4, 4, 4, 2]);

public class AveragePooling3DContract() : LayerContract<AveragePooling3D>(() => new(), [2, 4, 4, 4, 2]);

public class GlobalAveragePooling3DContract() : LayerContract<GlobalAveragePooling3D>(() => new(), [2, 4, 4, 4, 2]);

public class BatchNormalizationContract() : LayerContract<BatchNormalization>(() => new(), [4, 3]);

public class LayerNormalizationContract() : LayerContract<LayerNormalization>(() => new(), [2, 3, 4]);
