using Tapestry.Benchmarks.Measuring;

namespace Tapestry.Benchmarks.Memory;

/// <summary>A small classifier with its training step, from operations alone: matrix product, softmax, matrix product, cross entropy, gradient descent.</summary>
sealed class Classifier
{
    readonly Tensor x, labels;
    readonly Variable[] weights;
    readonly Function<Tensor, Tensor, Tensor> step;
    readonly Function<Tensor, Tensor> predict;

    internal Classifier(int batch, int features, int units)
    {
        var numbers = new Numbers(1);
        x = Ops.FromSpan<float>(numbers.Normal(batch * features), [batch, features]);
        labels = numbers.Integers(batch, 10);
        weights =
        [
            new(Ops.FromSpan<float>(numbers.Normal(features * units, 0.1), [features, units])),
            new(Ops.FromSpan<float>(numbers.Normal(units), [units])),
            new(Ops.FromSpan<float>(numbers.Normal(units * 10, 0.1), [units, 10])),
        ];
        step = Function.Of<Tensor, Tensor, Tensor>(Step, new FunctionOptions { ReuseResults = true });
        predict = Function.Of<Tensor, Tensor>(Logits);
    }

    /// <summary>One training step, operation by operation.</summary>
    internal void StepEagerly() => Step(x, labels);

    /// <summary>One training step as one function.</summary>
    internal void StepCompiled() => step.Apply(x, labels);

    /// <summary>One prediction.</summary>
    internal void Predict() => predict.Apply(x);

    Tensor Logits(Tensor x) => Ops.MatMul(Ops.Softmax(Ops.MatMul(x, weights[0]) + weights[1]), weights[2]);

    Tensor Step(Tensor x, Tensor labels)
    {
        using var tape = new GradientTape();
        var loss = Ops.SparseSoftmaxCrossEntropyWithLogits(labels, Logits(x));
        var gradients = tape.Gradient(loss, weights);
        for (var i = 0; i < weights.Length; i++) weights[i].AssignSub(gradients[i]! * 1e-4f);
        return loss;
    }
}
