using static Tapestry.Tests.Contracts.Operations.OpValues;

namespace Tapestry.Tests.Contracts.Operations;

/// <summary>Activations, losses, convolutions, pooling, pictures, random numbers.</summary>
static class NnRows
{
    static readonly Window Valid = new([2], [1], PaddingMode.Valid, [], []);
    static readonly Window Same = new([1, 2], [1, 1], PaddingMode.Same, [], []);
    static readonly Window Explicit = new([1], [2], PaddingMode.Explicit, [1], [2]);

    static readonly Tensor Seed = Ops.FromSpan<long>([1, 2], [2]);

    // Every query sees a key, with and without those behind its own position.
    static readonly Tensor Seen = Ops.Cast(Integers([1, 1, 4, 5], 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1), DType.Bool);

    internal static IEnumerable<OpRow> All =>
    [
        new(new ReluOp(), X(3, 4)) { Reference = x => Math.Max(x, 0), Singular = [([0], [0]), ([-0.0], [0])] },
        new(new Relu6Op(), Between(5, -3, 9, 3, 4)) { Reference = x => Math.Min(Math.Max(x, 0), 6), Singular = [([0], [0]), ([6], [0])] },
        new(new LeakyReluOp(0.2), X(3, 4)),
        new(new ExponentialLinearOp(1.1, 1.5, 0.7), X(3, 4)),
        new(new ExponentialStepOp(1.1, 1.5, 0.7, 0), X(3, 4)),
        new(new SoftsignOp(), X(3, 4)) { Reference = x => x / (1 + Math.Abs(x)), Units = (2, 1) },
        new(new ThresholdOp(0.2, 0.5), X(3, 4)),
        new(new HardTanhOp(), Between(5, -3, 3, 3, 4)),
        new(new HardShrinkOp(0.4), X(3, 4)),
        new(new SoftShrinkOp(0.4), X(3, 4)),
        new(new SparsePlusOp(), Between(5, -3, 3, 3, 4)),
        new(new SparseSigmoidOp(), Between(5, -3, 3, 3, 4)),
        new(new PiecewiseGradientOp<LeakyReluOp.LeakyRelu>(new(0.2)), X(3, 4), Y(3, 4)),

        new(new SoftmaxOp(), X(3, 4)),
        new(new SoftmaxGradientOp(), X(3, 4), Y(3, 4)),
        new(new LogSoftmaxOp(), X(3, 4)),
        new(new LogSoftmaxGradientOp(), X(3, 4), Y(3, 4)),
        new(new SigmoidCrossEntropyOp(), X(3, 4), Positive(3, 4)),
        // Labels are given, not learnt: their rows sum up to 1.
        new(new SoftmaxCrossEntropyOp(), X(3, 4), Ops.Softmax(Y(3, 4))) { Given = [1] },
        new(new SoftmaxCrossEntropyGradientOp(), X(3, 4), Ops.Softmax(Y(3, 4)), Z(3)) { Given = [1] },
        new(new SparseSoftmaxCrossEntropyOp(), X(3, 4), Integers([3], 3, 0, 1)),
        new(new SparseSoftmaxCrossEntropyGradientOp(), X(3, 4), Integers([3], 3, 0, 1), Z(3)),

        new(new ConvolutionOp(Valid), X(2, 7, 4), Y(3, 2, 2)),
        new(new ConvolutionOp(Same), X(1, 4, 5, 2), Y(3, 2, 2, 3)),
        new(new ConvolutionOp(Explicit), X(2, 6, 2), Y(3, 2, 3)),
        new(new ConvolutionInputGradientOp(Valid), Y(3, 2, 2), Z(2, 3, 2), X(2, 7, 4)) { Given = [2] },
        new(new ConvolutionFilterGradientOp(Valid), X(2, 7, 4), Z(2, 3, 2), Y(3, 2, 2)) { Given = [2] },
        new(new ConvolutionTransposeOp(Valid, [], []), X(2, 3, 2), Y(3, 3, 2)),
        new(new MaxPoolOp([2], Valid), X(2, 5, 2)),
        new(new MaxPoolOp([2, 3], Same), X(1, 4, 5, 2)),
        new(new MaxPoolGradientOp([2], Valid), X(2, 5, 2), Y(2, 2, 2)),
        new(new MaxPoolGradientOp([2], Valid, OfPositive: true), X(2, 5, 2), Y(2, 2, 2)),
        new(new MaxPoolSelectionOp([2], Valid), X(2, 5, 2), Y(2, 5, 2)),
        new(new AveragePoolOp([2], Valid), X(2, 5, 2)),
        new(new AveragePoolOp([2, 3], Same), X(1, 4, 5, 2)),
        new(new AveragePoolGradientOp([2], Valid), X(2, 2, 2), Y(2, 5, 2)) { Given = [1] },

        new(new DotProductAttentionOp(new(null, false, false, false)), X(2, 3, 2, 4), Y(2, 4, 2, 4), Z(2, 4, 2, 3)),
        new(new DotProductAttentionOp(new(0.3, true, true, true)), X(2, 4, 4, 3), Y(2, 5, 2, 3), Z(2, 5, 2, 2), Seen, Between(5, -1, 1, 2, 1, 4, 5)),
        new(new DotProductAttentionGradientOp(new(null, true, false, false)), X(2, 3, 2, 2), Y(2, 3, 2, 2), Z(2, 3, 2, 3), Between(5, 0, 1, 2, 3, 2), Between(6, -1, 1, 2, 3, 2), Between(7, -1, 1, 2, 3, 2, 3)),
        new(new DotProductAttentionGradientOp(new(0.3, false, true, true)), X(1, 4, 2, 2), Y(1, 5, 1, 2), Z(1, 5, 1, 2), Seen, Between(5, -1, 1, 1, 2, 1, 5), Between(5, 0, 1, 1, 4, 2), Between(6, -1, 1, 1, 4, 2), Between(7, -1, 1, 1, 4, 2, 2)),
        new(new DotProductAttentionBiasGradientOp(new(0.3, true, false, true)), X(2, 3, 2, 2), Y(2, 3, 1, 2), Z(2, 3, 1, 2), Between(8, -1, 1, 2, 1, 3, 1), Between(5, 0, 1, 2, 3, 2), Between(6, -1, 1, 2, 3, 2), Between(7, -1, 1, 2, 3, 2, 2)),

        // What is kept is there for the gradient alone; LstmTests and GruTests differentiate the rest.
        new(new LstmOp(), X(3, 2, 8), Y(2, 2), Z(2, 2), X(2, 8)) { Gradient = OpGradient.None },
        new(new LstmGradientOp(), X(3, 2, 8), Y(2, 2), Z(2, 2), X(2, 8), Y(3, 2, 2), X(3, 2, 8), Z(3, 2, 2), Y(3, 2, 2)) { Gradient = OpGradient.None },
        new(new GruOp(true), X(3, 2, 6), Y(2, 2), X(2, 6), Z(6)) { Gradient = OpGradient.None },
        new(new GruOp(false), X(3, 2, 6), Y(2, 2), X(2, 6)) { Gradient = OpGradient.None },
        new(new GruGradientOp(true), X(3, 2, 6), Y(2, 2), X(2, 6), Z(6), Y(3, 2, 2), X(3, 2, 8), Z(3, 2, 2)) { Gradient = OpGradient.None },
        new(new GruGradientOp(false), X(3, 2, 6), Y(2, 2), X(2, 6), Y(3, 2, 2), X(3, 2, 8), Z(3, 2, 2)) { Gradient = OpGradient.None },
        new(new ResizeOp(4, 5, ResizeMethod.Bilinear, Antialias: false), Single(2, 3, 2, 2)) { Gradient = OpGradient.Linear },
        new(new ResizeOp(2, 2, ResizeMethod.Bicubic, Antialias: true), Single(1, 5, 6, 2)) { Gradient = OpGradient.Linear },
        new(new ResizeGradientOp(4, 5, ResizeMethod.Lanczos3, Antialias: false), Single(2, 4, 5, 2), Single(2, 3, 2, 2)) { Gradient = OpGradient.Linear },
        new(new DropoutMaskOp(0.4, null), Single(3, 4), Seed),
        new(new DropoutMaskOp(0.4, [null, 1]), Single(3, 4), Seed),
        new(new StatelessRandomOp(RandomDistribution.Uniform, DType.Float32, [3, 4]), Seed),
        new(new StatelessRandomOp(RandomDistribution.TruncatedNormal, DType.Float64, null), Seed, X(3, 4)),
        new(new StatelessIntegersOp(-3, 9, DType.Int32, [3, 4]), Seed),
        new(new StatelessBitsOp(DType.UInt32, [3, 5]), Seed),
    ];
}
