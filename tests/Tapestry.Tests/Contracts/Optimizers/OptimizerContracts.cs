using Tapestry.Keras;

namespace Tapestry.Tests.Contracts.Optimizers;

public class SGDContract() : OptimizerContract<SGD>(() => new(0.1));

public class SGDWithMomentumContract() : OptimizerContract<SGD>(() => new(0.05, momentum: 0.8));

public class SGDOfNesterovContract() : OptimizerContract<SGD>(() => new(0.05, momentum: 0.8, nesterov: true));

public class SGDWithScheduleContract() : OptimizerContract<SGD>(() => new(new ExponentialDecay(0.2, 20, 0.9)))
{
    protected override bool KeepsItsRate => false;
}

public class AdamContract() : OptimizerContract<Adam>(() => new(0.05));

public class AmsgradContract() : OptimizerContract<Adam>(() => new(0.05, amsgrad: true));

public class AdamWContract() : OptimizerContract<AdamW>(() => new(0.05, weightDecay: 0.01));

public class RMSpropContract() : OptimizerContract<RMSprop>(() => new(0.02));

public class RMSpropCenteredContract() : OptimizerContract<RMSprop>(() => new(0.005, momentum: 0.5, centered: true));

public class AdagradContract() : OptimizerContract<Adagrad>(() => new(0.5));

public class AdadeltaContract() : OptimizerContract<Adadelta>(() => new(1.0, epsilon: 1e-2));

public class AdamaxContract() : OptimizerContract<Adamax>(() => new(0.05));

public class NadamContract() : OptimizerContract<Nadam>(() => new(0.05));

public class FtrlContract() : OptimizerContract<Ftrl>(() => new(0.5));

public class LambContract() : OptimizerContract<Lamb>(() => new(0.03));

public class LionContract() : OptimizerContract<Lion>(() => new(0.01))
{
    protected override bool SeesTheSizeOfGradients => false;

    [Fact]
    public void HasTheDefaultsOfKeras()
    {
        Lion lion = new();
        Assert.Equal((0.001f, 0.9, 0.99), ((float)lion.LearningRate, lion.Beta1, lion.Beta2));
    }

    [Fact]
    public void RefusesAShareOutsideItsRange()
    {
        foreach (var share in new[] { -0.1, 0, 1.1, double.NaN }) Assert.Equal("Lion.Beta1", Assert.Throws<TapestryException>(() => new Lion(beta1: share)).Subject);
        Assert.Equal(1, new Lion(beta1: 1).Beta1);
    }
}

public class LossScaleOptimizerContract() : OptimizerContract<LossScaleOptimizer>(() => new(new SGD(0.1), initialScale: 8, dynamicGrowthSteps: 4))
{
    protected override bool TakesOptions => false;
}
