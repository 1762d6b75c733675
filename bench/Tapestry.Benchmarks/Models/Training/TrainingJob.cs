using System.Numerics.Tensors;
using Tapestry.Benchmarks.Measuring;
using Tapestry.Keras;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>One whole training step: forward, loss, gradients, Adam.</summary>
/// <param name="compiled">Whether our step is one function; else it runs operation by operation on a tape.</param>
abstract class TrainingJob(bool compiled) : Job
{
    const double LearningRate = 1e-3;

    // Keras adds its epsilon to the plain root of the second moment, libtorch to the corrected one. In the first step, which is compared, these two are the same.
    const double Epsilon = 1e-7;
    static readonly double referenceEpsilon = Epsilon / Math.Sqrt(1 - 0.999);

    Operand[] operands = [];
    Operand input = null!;
    int[] labels = [];
    Variable[] weights = [];
    Tensor x = 0, target = 0, loss = 0;
    Function<Tensor, Tensor, Tensor> step = null!;
    Adam optimizer = null!;
    TorchSharp.Modules.Parameter[] plainWeights = [], bestWeights = [];
    torch.Tensor plainInput = null!, bestInput = null!, reference = null!;
    TorchSharp.Modules.Adam plainOptimizer = null!;
    FusedAdam fusedOptimizer = null!;

    public override bool Differentiates => true;

    public override IReadOnlyList<Tensor> CompiledResults => compiled ? [loss, .. weights.Select(weight => weight.Value)] : [];

    public override bool HasLibtorchBest => true;

    /// <summary>How many classes the labels have; null when the target is a number for each example.</summary>
    protected virtual int? Classes => null;

    public override void Prepare(int seed)
    {
        var numbers = new Numbers(seed);
        operands = Weights(numbers);
        input = Input(numbers);
        labels = numbers.Integers(input.Shape[0], Classes ?? 100);
        weights = [.. operands.Select(operand => new Variable(operand.ToTensor()))];
        x = input.ToTensor();
        target = Classes is null ? Ops.FromSpan<float>(Targets(), [labels.Length, 1]) : labels;
        optimizer = new Adam(LearningRate, epsilon: Epsilon);
        optimizer.Build(weights);
        step = Function.Of<Tensor, Tensor, Tensor>(Step, new FunctionOptions { ReuseResults = true });
    }

    public override void PrepareLibtorch()
    {
        plainWeights = [.. operands.Select(operand => new TorchSharp.Modules.Parameter(operand.ToLibtorch()))];
        bestWeights = [.. operands.Select(operand => new TorchSharp.Modules.Parameter(operand.ToLibtorchChannelsLast()))];
        plainInput = input.ToLibtorch();
        bestInput = input.ToLibtorchChannelsLast();
        reference = Classes is null ? torch.tensor(Targets(), [labels.Length, 1]) : torch.tensor(labels.Select(label => (long)label).ToArray());
        plainOptimizer = torch.optim.Adam(plainWeights, LearningRate, eps: referenceEpsilon);
        fusedOptimizer = new FusedAdam(bestWeights, referenceEpsilon);
    }

    public override void RunOurs() => loss = compiled ? step.Apply(x, target) : Step(x, target);

    public override void RunLibtorch()
    {
        using var scope = torch.NewDisposeScope();
        StepPlain();
    }

    public override void RunLibtorchBest()
    {
        using var scope = torch.NewDisposeScope();
        StepBest();
    }

    public override void CheckEqual()
    {
        using var scope = torch.NewDisposeScope();
        RunOurs();
        Compare("plain", StepPlain(), plainWeights);
        Compare("best", StepBest(), bestWeights);
    }

    /// <summary>The first values of all weights.</summary>
    protected abstract Operand[] Weights(Numbers numbers);

    /// <summary>The batch.</summary>
    protected abstract Operand Input(Numbers numbers);

    /// <summary>How far losses may lie apart, as a part of the loss.</summary>
    protected virtual double LossTolerance => 1e-5;

    /// <summary>How far any two steps of a weight may lie apart, as a part of the longest step.</summary>
    protected virtual double StepTolerance => 0.02;

    /// <summary>How large the mean distance of the steps of a weight may be, as a part of their mean length.</summary>
    protected virtual double MeanStepTolerance => 0.05;

    /// <summary>The loss in our operations.</summary>
    protected abstract Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target);

    /// <summary>The loss in libtorch's operations.</summary>
    protected abstract torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target);

    float[] Targets() => [.. labels.Select(label => label / 50f - 1)];

    Tensor Step(Tensor x, Tensor target)
    {
        using var tape = new GradientTape();
        var loss = Loss(weights, x, target);
        // A repeated row of a table's gradient counts once for each repetition in the squares of Keras' Adam, but not in those of libtorch, whose gradient is whole.
        optimizer.Apply([.. tape.Gradient(loss, weights).Select(gradient => IndexedSlices.Of(gradient!) is null ? gradient : Ops.Identity(gradient!))], weights);
        return loss;
    }

    torch.Tensor StepPlain()
    {
        plainOptimizer.zero_grad();
        var loss = Loss(plainWeights, plainInput, reference);
        loss.backward();
        plainOptimizer.step();
        return loss;
    }

    torch.Tensor StepBest()
    {
        foreach (var weight in bestWeights) weight.grad = null;
        var loss = Loss(bestWeights, bestInput, reference);
        loss.backward();
        fusedOptimizer.Step();
        return loss;
    }

    void Compare(string form, torch.Tensor theirLoss, TorchSharp.Modules.Parameter[] theirWeights)
    {
        Agreement.Require($"{Name}, loss ({form})", loss.ToArray<float>(), Libtorch.Values(theirLoss), LossTolerance);
        for (var i = 0; i < weights.Length; i++)
        {
            // What the step moved is compared, beside the step's largest possible length.
            float[] ours = weights[i].Value.ToArray<float>(), theirs = operands[i].FromLibtorch(theirWeights[i]);
            TensorPrimitives.Subtract(ours, operands[i].Values, ours);
            TensorPrimitives.Subtract(theirs, operands[i].Values, theirs);
            Agreement.Require($"{Name}, step of weight {i} ({form})", ours, theirs, StepTolerance);
            Agreement.RequireMean($"{Name}, steps of weight {i} ({form})", ours, theirs, MeanStepTolerance);
        }
    }
}
