using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Schedules;

/// <summary>Learning rates as functions of the step.</summary>
sealed class SchedulesAdapter : IGoldenAdapter
{
    public string Group => "schedules";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<LearningRateSchedule>(golden);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is not null)
        {
            check.Refuses("constructor", () => GoldenConfig.Create<LearningRateSchedule>(golden));
            return;
        }

        var schedule = GoldenConfig.Create<LearningRateSchedule>(golden);
        var config = GoldenConfig.Of(golden);
        check.Equal("keys of the configuration", string.Join(", ", config.Keys.Order()), string.Join(", ", schedule.GetConfig().Keys.Order()));
        var steps = golden.Tensor(golden.Field("steps")!.Value);
        check.Matches("values", golden.Field("values")!.Value, schedule.Apply(steps));
        var compiled = Function.Of((Tensor step) => schedule.Apply(step));
        check.Matches("values of a compiled function", golden.Field("values")!.Value, compiled.Apply(steps));
    }
}
