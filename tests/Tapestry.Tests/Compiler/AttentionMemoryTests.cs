using Tapestry.Tests.Operations.Nn;

namespace Tapestry.Tests.Compiler;

/// <summary>Long sequences: memory grows with the length, not with its square.</summary>
[Collection(nameof(AllocationCollection))]
public class AttentionMemoryTests
{
    const int Length = 4096, Width = 16;

    // Sixteen times a tensor of the inputs' shape; the scores alone would be 64 MiB.
    const long Allowed = 16L * Length * Width * sizeof(float);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForwardAndBackwardBuildNoMatrixOfScores(bool isCausal)
    {
        Tensor q = Draw(1), k = Draw(2), v = Draw(3), g = Draw(4);
        Tensor[] Step(Tensor q, Tensor k, Tensor v)
        {
            using var tape = new GradientTape();
            tape.Watch(q);
            tape.Watch(k);
            tape.Watch(v);
            var result = Ops.DotProductAttention(q, k, v, isCausal: isCausal);
            return [result, .. tape.Gradients([result], [q, k, v], [g], UnconnectedGradients.Zero).Select(gradient => gradient!)];
        }

        // The counter is that of the whole process: what another test has left to be rehearsed is none of this one's.
        Assert.True(SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60)));
        // Scratch memory of the kernels counts the first time.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var eager = Step(q, k, v);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2 * Allowed);
        var function = Function.Of((Nest inputs) =>
        {
            var own = inputs.Flatten();
            return (Nest)Step(own[0], own[1], own[2]);
        });
        before = GC.GetTotalAllocatedBytes(precise: true);
        var compiled = function.Apply((Nest)new[] { q, k, v }).Flatten();
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2 * Allowed);
        for (var i = 0; i < eager.Length; i++) Assert.Equal(eager[i].ToArray<float>(), compiled[i].ToArray<float>());
    }

    static Tensor Draw(int seed) => DotProductAttentionTests.Draw(DType.Float32, seed, 1, Length, 1, Width);
}
