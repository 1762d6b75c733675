using Tapestry.Keras;

namespace Tapestry.Tests.Keras.Models;

/// <summary>Functions in the configurations of functional models.</summary>
public class FunctionCallsTests
{
    [Fact]
    public void AreCalledWithTensorsAndNumbers() => Assert.Equal([true, false], FunctionCalls.Call("NotEqual", [(Tensor)new[] { 3, 0 }, 0L]).ToArray<bool>());

    [Fact]
    public void RefuseWhatTheyDoNotKnow()
    {
        Assert.Equal("Fold", Assert.Throws<TapestryException>(() => FunctionCalls.Call("Fold", [Ops.Ones([2])])).Received);
        Assert.Equal("1", Assert.Throws<TapestryException>(() => FunctionCalls.Call("Relu", [Ops.Ones([2]), 1L])).Expected);
        Assert.Throws<TapestryException>(() => FunctionCalls.Call("Relu", ["text"]));
    }
}
