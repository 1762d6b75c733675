using System.Numerics;
using Tapestry.Kernels.Attention;

namespace Tapestry;

/// <summary>
/// softmax(scale · query · keyᵀ + bias, −∞ where hidden) · value for each head, by blocks, without a matrix of all scores. Inputs: query [batch, queries, heads, width], key
/// [batch, keys, key heads, width], value [batch, keys, key heads, value width], then mask and bias, broadcast to [batch, heads, queries, keys], where the form has them.
/// Outputs: the result [batch, queries, heads, value width], and of each query the logarithm of the sum of the exponentials of its scores [batch, queries, heads], +∞ where it
/// sees nothing. Source: <c>keras.ops.dot_product_attention</c>, https://arxiv.org/abs/2205.14135.
/// </summary>
/// <param name="Form">Scale, and which inputs there are.</param>
public sealed record DotProductAttentionOp(AttentionForm Form) : Op
{
    /// <inheritdoc/>
    public override int OutputCount => 2;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        Form.Refuse(this, context);
        var (query, key, value) = (context.Shape(0), context.Shape(1), context.Shape(2));
        var batch = Math.Max(query[0], Math.Max(key[0], value[0]));
        context.Return(0, new Shape(batch, query[1], query[2], value[3]), context.DType(0));
        context.Return(1, new Shape(batch, query[1], query[2]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        var (output, upstream) = (context.Output(0), context.Upstream(0));
        var deltas = Ops.Sum(output * upstream, -1);
        if (context.HasUpstream(1)) deltas -= context.Upstream(1);
        var inputs = new Tensor[Form.InputCount + 3];
        for (var i = 0; i < Form.InputCount; i++) inputs[i] = context.Input(i);
        (inputs[^3], inputs[^2], inputs[^1]) = (context.Output(1), deltas, upstream);
        if (context.Needs(0) || context.Needs(1) || context.Needs(2))
        {
            var gradients = new DotProductAttentionGradientOp(Form).ApplyAll(inputs);
            for (var i = 0; i < 3; i++) context.Return(i, gradients[i]);
        }

        if (Form.HasBias && context.Needs(Form.Bias)) context.Return(Form.Bias, new DotProductAttentionBiasGradientOp(Form).Apply(inputs));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        if (context.InputTensor(0).DType == DType.Float32) Run<float>(context);
        else Run<double>(context);
    }

    /// <summary>Prints the form.</summary>
    protected override bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Form);
        return true;
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AttentionKernel.Forward(Form.Inputs<T>(context), context.Output<T>(0), context.Output<T>(1));
}

/// <summary>Offers <see cref="DotProductAttentionOp"/> to users.</summary>
public static class DotProductAttentionEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Attention: every query gets the mean of the values, weighted with softmax(scale · query · keyᵀ + bias) over the keys that it sees, for each head by itself. Blocks of scores
        /// are computed when they are needed, and again for the gradient, so memory grows with the lengths and not with their product; derivatives of second and higher order
        /// build all scores. Numbers of 16 bits are computed in float32. A query that sees nothing gets the plain mean of all values. Source: <c>keras.ops.dot_product_attention</c>.
        /// </summary>
        /// <param name="query">What looks: [batch, queries, heads, width].</param>
        /// <param name="key">What is compared with it: [batch, keys, key heads, width]. The number of key heads divides that of heads; neighbouring heads share one.</param>
        /// <param name="value">What is mixed: [batch, keys, key heads, value width].</param>
        /// <param name="bias">Added to the scores: dimensions of 1 or those of [batch, heads, queries, keys].</param>
        /// <param name="mask">True where a key is visible: dimensions of 1 or those of [batch, heads, queries, keys].</param>
        /// <param name="scale">The factor of the products; 1 / √width by default.</param>
        /// <param name="isCausal">Whether query number i sees the keys 0 to i only. No mask is needed for it.</param>
        /// <param name="flashAttention">Keras' choice of a kernel. There is one, which works by blocks: the argument changes nothing.</param>
        /// <returns>[batch, queries, heads, value width].</returns>
        /// <exception cref="TapestryException">Ranks or shapes do not fit.</exception>
        /// <example>
        /// <code>
        /// var x = Ops.StatelessNormal([2, 5, 4, 8], new[] { 1, 2 });
        /// var mixed = Ops.DotProductAttention(x, x, x, isCausal: true);
        /// Console.WriteLine(mixed.Shape);
        /// </code>
        /// <code kind="output">
        /// (2, 5, 4, 8)
        /// </code>
        /// </example>
        public static Tensor DotProductAttention(Tensor query, Tensor key, Tensor value, Tensor? bias = null, Tensor? mask = null, double? scale = null, bool isCausal = false, bool? flashAttention = null)
        {
            Promotion.UnifyFloating(ref query, ref key);
            Promotion.UnifyFloating(ref query, ref value);
            key = Promotion.To(key, query.DType);
            var dtype = query.DType;
            List<Tensor> inputs = [SinglePrecision.Widen(query), SinglePrecision.Widen(key), SinglePrecision.Widen(value)];
            if (mask is not null) inputs.Add(Scores(Ops.Cast(mask, DType.Bool)));
            if (bias is not null) inputs.Add(Scores(Promotion.To(bias, inputs[0].DType)));
            var result = new DotProductAttentionOp(new AttentionForm(scale, isCausal, mask is not null, bias is not null)).ApplyAll([.. inputs])[0];
            return SinglePrecision.Narrow(result, dtype);
        }
    }

    // NumPy's broadcasting: missing dimensions are in front.
    static Tensor Scores(Tensor x)
    {
        while (x.Rank < 4) x = Ops.ExpandDims(x, 0);
        return x;
    }
}
