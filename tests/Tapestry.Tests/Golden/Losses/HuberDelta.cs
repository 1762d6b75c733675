using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Losses;

/// <summary>The argument that the original leaves out of the configuration of Huber's loss.</summary>
static class HuberDelta
{
    /// <summary>The delta, of two decimals or three, that gives a value.</summary>
    /// <param name="value">The loss, or a sum of losses, for a delta; it grows with it.</param>
    /// <param name="wanted">What the original gives.</param>
    internal static double Find(Func<double, double> value, double wanted)
    {
        var (low, high) = (0.0, 16.0);
        for (var i = 0; i < 40; i++) (low, high) = value((low + high) / 2) < wanted ? ((low + high) / 2, high) : (low, (low + high) / 2);
        return Math.Abs(value(1) - wanted) <= 1e-5 * Math.Abs(wanted) ? 1 : Math.Round(high, 3);
    }

    /// <summary>The delta of a model's loss, from its predictions and its loss after the training.</summary>
    internal static double OfRun(GoldenCase golden, Reduction reduction)
    {
        var yTrue = golden.Tensor(golden.Field("data")!.Value.GetProperty("y"));
        var yPred = golden.Tensor(golden.List("predict").Single().GetProperty("value"));
        var wanted = golden.Field("evaluate")!.Value.GetProperty("return_dict").GetProperty("values").GetProperty("loss").GetProperty("value").GetDouble();
        return Find(delta => new Tapestry.Keras.Losses.Huber(delta, reduction).Apply(yTrue, yPred).Item<double>(), wanted);
    }
}
