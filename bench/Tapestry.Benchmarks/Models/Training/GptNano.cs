using Tapestry.Benchmarks.Measuring;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>A small generative transformer: four layers of causal attention with four heads and of dense layers four times as wide.</summary>
sealed class GptNano() : TrainingJob(compiled: true)
{
    const int Layers = 4, Heads = 4, Width = 128, Context = 128, Vocabulary = 65, Batch = 16, PerLayer = 12;
    const int HeadWidth = Width / Heads;

    static readonly int[] reversed = [1, 0];

    public override string Name => "GPT-nano 4x128, context 128, batch 16, Adam step, compiled";

    public override Bar Bar => new(2.0, 1.6, 3, 0.4);

    public override double? Operations => 3 * 2.0 * Batch * Context * ((Layers * ((12.0 * Width * Width) + (2 * Context * Width))) + (Width * Vocabulary));

    protected override int? Classes => Vocabulary;

    // Rounding decides the sign of gradients that are all but zero, and with it the direction of the first step.
    protected override double StepTolerance => 2.1;

    protected override Operand[] Weights(Numbers numbers)
    {
        List<Operand> weights = [new(numbers.Normal(Vocabulary * Width, 0.5), [Vocabulary, Width], HasChannels: false), new(numbers.Normal(Context * Width, 0.5), [Context, Width], HasChannels: false)];
        for (var layer = 0; layer < Layers; layer++)
        {
            Norm();
            Dense(Width, 3 * Width);
            Dense(Width, Width);
            Norm();
            Dense(Width, 4 * Width);
            Dense(4 * Width, Width);
        }

        Norm();
        Dense(Width, Vocabulary);
        return [.. weights];

        void Norm()
        {
            weights.Add(new([.. numbers.Normal(Width, 0.1).Select(value => value + 1)], [Width]));
            weights.Add(new(numbers.Normal(Width, 0.1), [Width]));
        }

        void Dense(int inputs, int outputs)
        {
            weights.Add(new(numbers.Normal(inputs * outputs, 1 / Math.Sqrt(inputs)), [inputs, outputs], reversed, HasChannels: false));
            weights.Add(new(numbers.Normal(outputs, 0.1), [outputs]));
        }
    }

    protected override Operand Input(Numbers numbers) => new([.. numbers.Integers(Batch * Context, Vocabulary).Select(token => (float)token)], [Batch * Context]);

    protected override Tensor Loss(IReadOnlyList<Variable> weights, Tensor x, Tensor target)
    {
        x = Ops.Gather(weights[0], Ops.Reshape(Ops.Cast(x, DType.Int32), [Batch, Context])) + weights[1];
        for (var layer = 0; layer < Layers; layer++)
        {
            var first = 2 + (layer * PerLayer);
            x += Attention(Normalize(x, weights[first], weights[first + 1]), weights, first + 2);
            var wide = Ops.MatMul(Normalize(x, weights[first + 6], weights[first + 7]), weights[first + 8]) + weights[first + 9];
            var active = 0.5f * wide * (1f + Ops.Erf(wide * (float)Math.Sqrt(0.5)));
            x += Ops.MatMul(active, weights[first + 10]) + weights[first + 11];
        }

        var end = 2 + (Layers * PerLayer);
        var logits = Ops.MatMul(Normalize(x, weights[end], weights[end + 1]), weights[end + 2]) + weights[end + 3];
        return Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(target, Ops.Reshape(logits, [-1, Vocabulary])));
    }

    protected override torch.Tensor Loss(IReadOnlyList<torch.Tensor> weights, torch.Tensor x, torch.Tensor target)
    {
        x = weights[0].index_select(0, x.to_type(torch.ScalarType.Int64)).view(Batch, Context, Width) + weights[1];
        for (var layer = 0; layer < Layers; layer++)
        {
            var first = 2 + (layer * PerLayer);
            x += TheirAttention(TheirNorm(x, first), first + 2);
            var wide = torch.nn.functional.linear(TheirNorm(x, first + 6), weights[first + 8], weights[first + 9]);
            x += torch.nn.functional.linear(torch.nn.functional.gelu(wide), weights[first + 10], weights[first + 11]);
        }

        var end = 2 + (Layers * PerLayer);
        var logits = torch.nn.functional.linear(TheirNorm(x, end), weights[end + 2], weights[end + 3]);
        return torch.nn.functional.cross_entropy(logits.view(-1, Vocabulary), target);

        torch.Tensor TheirNorm(torch.Tensor value, int scale) => torch.nn.functional.layer_norm(value, [Width], weights[scale], weights[scale + 1], 1e-5);

        torch.Tensor TheirAttention(torch.Tensor value, int first)
        {
            var parts = torch.nn.functional.linear(value, weights[first], weights[first + 1]).view(Batch, Context, 3, Heads, HeadWidth).permute(2, 0, 3, 1, 4);
            var mixed = torch.nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
            return torch.nn.functional.linear(mixed.transpose(1, 2).reshape(Batch, Context, Width), weights[first + 2], weights[first + 3]);
        }
    }

    static Tensor Normalize(Tensor x, Variable scale, Variable offset)
    {
        var centred = x - Ops.Mean(x, axis: -1, keepdims: true);
        return centred * Ops.Rsqrt(Ops.Mean(Ops.Square(centred), axis: -1, keepdims: true) + 1e-5f) * scale + offset;
    }

    static Tensor Attention(Tensor x, IReadOnlyList<Variable> weights, int first)
    {
        var parts = Ops.Unstack(Ops.Reshape(Ops.MatMul(x, weights[first]) + weights[first + 1], [Batch, Context, 3, Heads, HeadWidth]), axis: 2);
        var mixed = Ops.DotProductAttention(parts[0], parts[1], parts[2], isCausal: true);
        return Ops.MatMul(Ops.Reshape(mixed, [Batch, Context, Width]), weights[first + 2]) + weights[first + 3];
    }
}
