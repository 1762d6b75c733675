using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Keras.Layers.Rnn;

/// <summary>Where the mask of the steps of time goes.</summary>
public class RecurrentMaskTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndsWithTheStepsInAFunctionalModel(bool returnSequences)
    {
        var (x, mask) = (new Input([4, 3]), new Input([4], dtype: "bool"));
        Layer layer = new LSTM(2, returnSequences: returnSequences);
        Nest recurrent = layer.Apply((Nest)(Tensor)x, mask: (Nest)(Tensor)mask);
        var model = new Model((Tensor[])[x, mask], new Dense(1).Apply(recurrent.Single()));
        var output = model.Apply(Nest.List([Ops.Ones([2, 4, 3]), Ops.Cast(Ops.Ones([2, 4]), DType.Bool)])).Single();
        Assert.Equal(returnSequences, output.Mask is not null);
    }
}
