using Tapestry.Keras;

namespace Tapestry.Tests.Contracts.Optimizers;

public class SGDContract() : OptimizerContract<SGD>(() => new(0.1))
{
    protected override IEnumerable<Refusal> Refused => Refusal.Each("SGD.Momentum", "[0, 1]", momentum => new SGD(momentum: momentum), -0.1, 1.1, double.NaN);
}

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

public class FtrlContract() : OptimizerContract<Ftrl>(() => new(0.5))
{
    protected override IEnumerable<Refusal> Refused =>
    [
        .. Refusal.Each("Ftrl.LearningRatePower", "at most 0", power => new Ftrl(learningRatePower: power), 0.5, double.NaN),
        .. Refusal.Each("Ftrl.InitialAccumulatorValue", "at least 0", value => new Ftrl(initialAccumulatorValue: value), -0.1, double.NaN),
        .. Refusal.Each("Ftrl.L1RegularizationStrength", "at least 0", strength => new Ftrl(l1RegularizationStrength: strength), -0.1, double.NaN),
        .. Refusal.Each("Ftrl.L2RegularizationStrength", "at least 0", strength => new Ftrl(l2RegularizationStrength: strength), -0.1, double.NaN),
        .. Refusal.Each("Ftrl.L2ShrinkageRegularizationStrength", "at least 0", strength => new Ftrl(l2ShrinkageRegularizationStrength: strength), -0.1, double.NaN),
    ];
}

public class LambContract() : OptimizerContract<Lamb>(() => new(0.03));

public class LionContract() : OptimizerContract<Lion>(() => new(0.01))
{
    protected override IEnumerable<Refusal> Refused => Refusal.Each("Lion.Beta1", "(0, 1]", beta => new Lion(beta1: beta), -0.1, 0, 1.1, double.NaN);
}

public class LossScaleOptimizerContract() : OptimizerContract<LossScaleOptimizer>(() => new(new SGD(0.1), initialScale: 8, dynamicGrowthSteps: 4))
{
    protected override bool TakesOptions => false;

    protected override IEnumerable<Refusal> Refused => Refusal.Each("LossScaleOptimizer.DynamicGrowthSteps", "above 0", steps => new LossScaleOptimizer(new SGD(), dynamicGrowthSteps: steps), 0, -1);
}
