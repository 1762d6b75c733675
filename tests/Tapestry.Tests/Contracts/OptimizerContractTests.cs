using Tapestry.Keras;
using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Contracts;

[Trait("Category", "Quick")]
public class OptimizerContractTests
{
    [Fact]
    public void EveryOptimizerIsUnderAContract()
    {
        var covered = typeof(OptimizerContractTests).Assembly.GetTypes().Select(type => type.BaseType).Where(type => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(OptimizerContract<>)).Select(type => type!.GetGenericArguments()[0]);
        Assert.Equal([], ObjectRegistry.All(typeof(Optimizer)).Where(type => type.Assembly == typeof(Optimizer).Assembly).Except(covered).Select(type => type.Name));
    }
}
