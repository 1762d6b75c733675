using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Keras.Metrics;

namespace Tapestry.Tests.Keras.Metrics;

/// <summary>Counts of two classes within compiled training, and what they refuse.</summary>
public class ConfusionMetricTests
{
    [Fact]
    public void GiveTheSameInACompiledStepAsEagerly()
    {
        Tensor x = Ops.StatelessNormal([64, 4], new[] { 1, 2 });
        var y = Ops.Cast(Ops.Greater(Ops.StatelessNormal([64, 3], new[] { 3, 4 }), 0f), DType.Float32);
        Logs Evaluate(bool eagerly)
        {
            KerasSession.Clear();
            RandomSeed.Set(7);
            var model = new Sequential([new Input([4]), new Dense(3, "sigmoid")]);
            // The number of classes is seen first within the step.
            model.Compile("sgd", "binary_crossentropy", metrics: [new AUC(numThresholds: 20, multiLabel: true, name: "by_class"), new AUC(curve: "PR", name: "area"), new Precision([0.3, 0.6], name: "precision"), new Recall(topK: 2, name: "recall")], runEagerly: eagerly);
            model.Fit(x, y, batchSize: 24, epochs: 2, verbose: 0);
            return model.Evaluate(x, y, batchSize: 24, verbose: 0);
        }

        var (eager, compiled) = (Evaluate(true), Evaluate(false));
        Assert.Equal(eager.Keys, compiled.Keys);
        foreach (var key in eager.Keys) Assert.Equal(eager[key], compiled[key], 5);
        Assert.InRange(compiled["by_class"], 0.1, 0.9);
    }

    [Fact]
    public void RefuseThresholdsOutsideOfProbabilities()
    {
        var refusal = Assert.Throws<TapestryException>(() => new Precision(thresholds: [0.5, 1.5]));
        Assert.Equal(("1.5", "numbers in [0, 1]"), (refusal.Received, refusal.Expected));
        Assert.Throws<TapestryException>(() => new AUC(numThresholds: 1));
        Assert.Throws<TapestryException>(() => new AUC(curve: "roc"));
        Assert.Throws<TapestryException>(() => new AUC(numLabels: 3));
    }
}
