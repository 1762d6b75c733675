using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Contracts;

[Trait("Category", "Quick")]
public class LayerContractTests
{
    // Layers that a contract does not fit, with the reason.
    static readonly Dictionary<Type, string> Exceptions = new()
    {
        [typeof(InputLayer)] = "is never called",
        [typeof(Sequential)] = "has tests of its own",
        [typeof(Model)] = "has tests of its own",
    };

    [Fact]
    public void EveryLayerIsUnderAContract()
    {
        var covered = typeof(LayerContractTests).Assembly.GetTypes().Select(type => type.BaseType).Where(type => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(LayerContract<>)).Select(type => type!.GetGenericArguments()[0]);
        Assert.Equal([], ObjectRegistry.All(typeof(Layer)).Where(type => type.Assembly == typeof(Layer).Assembly).Except(covered).Except(Exceptions.Keys).Select(type => type.Name));
    }
}
