using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Contracts.Layers;

public class LSTMCellContract() : LayerContract<LSTMCell>(() => new(3), [2, 3]);

public class LSTMContract() : LayerContract<LSTM>(() => new(3, returnSequences: true), [2, 4, 3]);

public class GRUCellContract() : LayerContract<GRUCell>(() => new(3), [2, 3]);

public class GRUContract() : LayerContract<GRU>(() => new(3, returnSequences: true), [2, 4, 3]);
