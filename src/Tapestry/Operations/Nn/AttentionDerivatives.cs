namespace Tapestry;

/// <summary>
/// The gradients of the gradients of an attention, composed of public operations that build all scores. With S the scores, L the logarithms of the sums, δ what was subtracted
/// and g the gradient of the result, the gradients are those of E = exp(S − L) and F = E ∘ (g·vᵀ − δ): scale·F·k, scale·Fᵀ·q, Eᵀ·g, and F for the bias.
/// </summary>
static class AttentionDerivatives
{
    /// <summary>Gives the gradients of the inputs of a gradient operation, from those of its results.</summary>
    /// <param name="context">The gradient operation.</param>
    /// <param name="form">The form of the attention.</param>
    /// <param name="ofQuery">What arrives at the gradient of the query; null for nothing, as for the others.</param>
    /// <param name="ofKey">What arrives at the gradient of the key.</param>
    /// <param name="ofValue">What arrives at the gradient of the value.</param>
    /// <param name="ofBias">What arrives at the gradient of the bias.</param>
    internal static void Return(GradientContext context, AttentionForm form, Tensor? ofQuery, Tensor? ofKey, Tensor? ofValue, Tensor? ofBias)
    {
        var (heads, keyHeads, width, last) = (context.Input(0).Shape[2], context.Input(1).Shape[2], context.Input(0).Shape[3], form.InputCount);
        if (heads < 0 || keyHeads < 0 || width < 0) throw new TapestryException("DotProductAttention", "second derivatives need the numbers of heads and the width while tracing", $"query {context.Input(0).Spec}, key {context.Input(1).Spec}", "known last two dimensions", "Give the function an InputSignature with known heads and width.");
        var (group, scale) = (keyHeads == 0 ? 1 : heads / keyHeads, form.ScaleOf(width));
        Tensor q = Turn(context.Input(0)), k = Spread(context.Input(1), group), v = Spread(context.Input(2), group), g = Turn(context.Input(last + 2));
        Tensor logSums = Column(context.Input(last)), deltas = Column(context.Input(last + 1));

        // What the scores' gradient F is multiplied with, in all of its uses.
        Tensor? factor = ofBias;
        if (ofQuery is not null) factor = Plus(factor, Ops.MatMul(Turn(ofQuery), k, transposeB: true) * scale);
        if (ofKey is not null) factor = Plus(factor, Ops.MatMul(q, Spread(ofKey, group), transposeB: true) * scale);

        var weights = Ops.Exp(Scores(context, form, q, k, scale) - logSums);
        var shifted = Ops.MatMul(g, v, transposeB: true) - deltas;
        var ofShifted = factor is null ? null : weights * factor;
        var ofWeights = factor is null ? null : factor * shifted;
        Tensor? mixed = null;
        if (ofValue is not null)
        {
            mixed = Spread(ofValue, group);
            ofWeights = Plus(ofWeights, Ops.MatMul(g, mixed, transposeB: true));
        }

        if (ofWeights is null) return;
        Tensor ofScores = weights * ofWeights, byScores = weights * shifted;
        if (context.Needs(0))
        {
            var gradient = Ops.MatMul(ofScores, k);
            if (ofKey is not null) gradient += Ops.MatMul(byScores, Spread(ofKey, group));
            context.Return(0, Turn(gradient * scale));
        }

        if (context.Needs(1))
        {
            var gradient = Ops.MatMul(ofScores, q, transposeA: true);
            if (ofQuery is not null) gradient += Ops.MatMul(byScores, Turn(ofQuery), transposeA: true);
            context.Return(1, Gathered(gradient * scale, group));
        }

        if (context.Needs(2) && ofShifted is not null) context.Return(2, Gathered(Ops.MatMul(ofShifted, g, transposeA: true), group));
        if (form.HasBias && context.Needs(form.Bias)) context.Return(form.Bias, Broadcasting.SumBack(ofScores, context.Input(form.Bias)));
        if (context.Needs(last)) context.Return(last, Row(-ofScores));
        if (context.Needs(last + 1) && ofShifted is not null) context.Return(last + 1, Row(-ofShifted));
        if (!context.Needs(last + 2)) return;
        Tensor? ofUpstream = ofShifted is null ? null : Ops.MatMul(ofShifted, v);
        if (mixed is not null) ofUpstream = Plus(ofUpstream, Ops.MatMul(Ops.Where(Ops.Equal(logSums, double.PositiveInfinity), 1.0 / Count(k), weights), mixed));
        context.Return(last + 2, Turn(ofUpstream!));
    }

    static Tensor Scores(GradientContext context, AttentionForm form, Tensor q, Tensor k, double scale)
    {
        var scores = Ops.MatMul(q, k, transposeB: true) * scale;
        if (form.HasBias) scores += context.Input(form.Bias);
        if (form.HasMask) scores = Ops.Where(context.Input(3), scores, double.NegativeInfinity);
        if (!form.IsCausal) return scores;
        return Ops.Where(Ops.GreaterEqual(Positions(q), Ops.SwapAxes(Positions(k), -1, -2)), scores, double.NegativeInfinity);
    }

    /// <summary>1, 2, 3, … for the positions, as a column; their number may be unknown.</summary>
    static Tensor Positions(Tensor x) => Ops.Cumsum(Ops.OnesLike(x[.., .., .., ..1]), -2);

    /// <summary>The number of keys.</summary>
    static Tensor Count(Tensor k) => Ops.Sum(Ops.OnesLike(k[.., .., .., ..1]), -2, keepdims: true);

    /// <summary>Heads before positions, or back.</summary>
    static Tensor Turn(Tensor x) => Ops.Transpose(x, [0, 2, 1, 3]);

    /// <summary>Keys or values with as many heads as the queries, heads first.</summary>
    static Tensor Spread(Tensor x, int group) => group == 1 ? Turn(x) : Ops.Repeat(Turn(x), group, 1);

    /// <summary>The sum over heads that share one, heads last.</summary>
    static Tensor Gathered(Tensor x, int group)
    {
        if (group == 1) return Turn(x);
        Tensor? sum = null;
        for (var member = 0; member < group; member++) sum = Plus(sum, x[.., TensorIndex.Slice(member, null, group)]);
        return Turn(sum!);
    }

    /// <summary>One number for each query as a column of the scores.</summary>
    static Tensor Column(Tensor x) => Ops.ExpandDims(Ops.Transpose(x, [0, 2, 1]), -1);

    /// <summary>The sum over the keys, one number for each query.</summary>
    static Tensor Row(Tensor scores) => Ops.Transpose(Ops.Sum(scores, -1), [0, 2, 1]);

    static Tensor Plus(Tensor? a, Tensor b) => a is null ? b : a + b;
}
