namespace Tapestry.Tests.Operations.Nn;

/// <summary>What is tried on every recurrence over all steps.</summary>
static class RecurrentTests
{
    /// <summary>Compares the gradients of a norm of the gradients with those of the same recurrence step by step.</summary>
    internal static void SecondDerivativesAgree(Tensor[] inputs, Func<Tensor[], Tensor[]> expected, Func<Tensor[], Tensor[]> actual, bool compiled)
    {
        var (right, made) = (Differentiate(expected, false), Differentiate(actual, compiled));
        for (var i = 0; i < right.Length; i++)
        {
            Assert.Equal(right[i].Shape, made[i].Shape);
            Assert.True((double)Ops.Max(Ops.Abs(right[i])) > 1e-3, $"second derivative {i} says nothing");
            Assert.True((double)Ops.Max(Ops.Abs(right[i] - made[i])) <= 1e-12 * Math.Max(1, (double)Ops.Max(Ops.Abs(right[i]))), $"second derivative {i}");
        }

        Tensor[] Differentiate(Func<Tensor[], Tensor[]> recurrence, bool traced)
        {
            Nest Program(Nest given) => Nest.List(Second(recurrence, given.Flatten()).Select(x => (Nest)x));
            return traced ? [.. Function.Of<Nest, Nest>(Program).Apply(Nest.List(inputs.Select(x => (Nest)x))).Flatten()] : Second(recurrence, inputs);
        }
    }

    static Tensor[] Second(Func<Tensor[], Tensor[]> recurrence, IEnumerable<Tensor> given)
    {
        Tensor[] own = [.. given.Select(Ops.Identity)];
        using var outer = new GradientTape();
        foreach (var x in own) outer.Watch(x);
        Tensor?[] gradients;
        using (var inner = new GradientTape())
        {
            foreach (var x in own) inner.Watch(x);
            Tensor sum = 0.0;
            foreach (var (result, i) in recurrence(own).Select((result, i) => (result, i))) sum = Ops.Cast(sum, DType.Float64) + Ops.Sum(Ops.Sin(result * (1.5 + i)));
            gradients = inner.Gradient(sum, (IReadOnlyList<Tensor>)own);
        }

        Tensor norm = Ops.Sum(Ops.Square(gradients[0]!));
        for (var i = 1; i < own.Length; i++) norm += (1 + i) * Ops.Sum(Ops.Square(gradients[i]!));
        return [.. outer.Gradient(norm, (IReadOnlyList<Tensor>)own).Select(x => x!)];
    }
}
