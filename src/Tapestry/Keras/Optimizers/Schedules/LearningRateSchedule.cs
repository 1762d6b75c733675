using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// A learning rate that follows from the number of the step. A number stands for a rate that stays as it is, until it is assigned.
/// </summary>
/// <remarks>
/// To add one, derive from this class and override <see cref="Rate"/>; the constructor's parameters, shown by properties of the same names, are
/// its configuration. Source: <c>keras.optimizers.schedules.LearningRateSchedule</c>.
/// </remarks>
public abstract class LearningRateSchedule : IConfigurable
{
    /// <summary>A rate that stays as it is.</summary>
    public static implicit operator LearningRateSchedule(double rate) => new ConstantRate(rate);

    /// <summary>The rates at steps, as a float32 tensor of the same shape.</summary>
    /// <param name="step">Step numbers, counted from 0, of any numeric dtype.</param>
    public Tensor Apply(Tensor step) => new ScheduleOp(this).Apply(Ops.Constant(step));

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => ObjectConfig.Of(this);

    /// <summary>The rate at a step.</summary>
    /// <param name="step">The number of the step, counted from 0.</param>
    protected internal abstract double Rate(double step);

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.optimizers.schedules");
}

/// <summary>A number as a schedule.</summary>
sealed class ConstantRate(double rate) : LearningRateSchedule
{
    internal double Value => rate;

    protected internal override double Rate(double step) => rate;
}

/// <summary>Evaluates a schedule when its step is known, also inside compiled functions.</summary>
sealed record ScheduleOp(LearningRateSchedule Schedule) : Op
{
    public override void Infer(ref InferContext context)
    {
        if (!context.DType(0).IsNumeric || context.DType(0).IsComplex) throw Refuse("the step is no number", context, "an integer or floating-point dtype");
        context.Return(context.Shape(0), DType.Float32);
    }

    public override void Run(in KernelContext context)
    {
        var steps = context.InputTensor(0);
        var rates = context.Output<float>(0);
        for (var i = 0; i < rates.Length; i++) rates[i] = (float)Schedule.Rate(Step(steps, i));
    }

    static double Step(Tensor steps, int index) => steps.DType.Code switch
    {
        DTypeCode.Int64 => steps.Elements<long>()[index],
        DTypeCode.Int32 => steps.Elements<int>()[index],
        DTypeCode.Float32 => steps.Elements<float>()[index],
        _ => Convert.ToDouble(TensorReader.At(steps, index)),
    };
}
