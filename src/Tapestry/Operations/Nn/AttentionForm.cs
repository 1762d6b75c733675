using System.Numerics;
using Tapestry.Kernels.Attention;

namespace Tapestry;

/// <summary>What an attention and its gradients have in common: which inputs there are, in which order, and what they have to fit to.</summary>
/// <param name="Scale">The factor of the products of queries and keys; null for 1 / √width.</param>
/// <param name="IsCausal">Whether a query sees the keys up to its own position only.</param>
/// <param name="HasMask">Whether the fourth input says what is visible.</param>
/// <param name="HasBias">Whether the next input is added to the scores.</param>
public readonly record struct AttentionForm(double? Scale, bool IsCausal, bool HasMask, bool HasBias)
{
    const string Layout = "query [batch, queries, heads, width], key [batch, keys, key heads, width], value [batch, keys, key heads, value width]";

    /// <summary>The place of the bias.</summary>
    internal int Bias => HasMask ? 4 : 3;

    /// <summary>How many inputs the attention itself has.</summary>
    internal int InputCount => Bias + (HasBias ? 1 : 0);

    /// <summary>The factor for queries of a width.</summary>
    internal double ScaleOf(int width) => Scale ?? 1 / Math.Sqrt(width);

    /// <summary>Refuses inputs that do not fit together.</summary>
    internal void Refuse(Op op, in InferContext context)
    {
        var dtype = context.DType(0);
        if (dtype != DType.Float32 && dtype != DType.Float64) throw new TapestryException(op.Name, $"{dtype} has no kernel of its own", context.Describe(), "float32 or float64", "Convert with Ops.Cast, or call Ops.DotProductAttention, which does.");
        for (var i = 0; i < InputCount; i++)
        {
            if (context.Shape(i).Rank != 4) throw new TapestryException(op.Name, $"input {i} has {context.Shape(i).Rank} dimensions", context.Describe(), $"four: {Layout}");
            if (context.DType(i) != (HasMask && i == 3 ? DType.Bool : dtype)) throw new TapestryException(op.Name, $"input {i} is {context.DType(i)}", context.Describe(), "equal dtypes, and a mask of bool", "Convert with Ops.Cast.");
        }

        var (query, key, value) = (context.Shape(0), context.Shape(1), context.Shape(2));
        var fits = Same(query[0], key[0]) && Same(query[0], value[0]) && Same(key[0], value[0]) && Same(key[1], value[1]) && Same(key[2], value[2]) && Same(query[3], key[3]);
        if (!fits) throw new TapestryException(op.Name, "the shapes do not fit", context.Describe(), Layout);
        if (query[2] >= 0 && key[2] >= 0 && (key[2] == 0 ? query[2] != 0 : query[2] % key[2] != 0)) throw new TapestryException(op.Name, $"{query[2]} query heads cannot share {key[2]} key heads evenly", context.Describe(), "a number of query heads that the number of key heads divides");
        for (var i = 3; i < InputCount; i++) RefuseScores(op, context, i, new Shape(query[0], query[2], query[1], key[1]));
    }

    /// <summary>The inputs as the kernels take them.</summary>
    internal AttentionInputs<T> Inputs<T>(in KernelContext context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Shape query = context.InputTensor(0).Shape, value = context.InputTensor(2).Shape;
        return new()
        {
            Shape = new(query[0], query[1], value[1], query[2], value[2], query[3], value[3]),
            Scale = T.CreateChecked(ScaleOf(query[3])),
            IsCausal = IsCausal,
            Query = context.Input<T>(0),
            Key = context.Input<T>(1),
            Value = context.Input<T>(2),
            Mask = HasMask ? context.Input<byte>(3) : [],
            MaskStrides = HasMask ? Strides(context.InputTensor(3).Shape) : default,
            Bias = HasBias ? context.Input<T>(Bias) : [],
            BiasStrides = HasBias ? Strides(context.InputTensor(Bias).Shape) : default,
        };
    }

    static bool Same(int a, int b) => a == b || a < 0 || b < 0;

    static void RefuseScores(Op op, in InferContext context, int input, Shape scores)
    {
        var given = context.Shape(input);
        for (var axis = 0; axis < 4; axis++)
        {
            if (given[axis] != 1 && !Same(given[axis], scores[axis])) throw new TapestryException(op.Name, $"input {input} cannot be broadcast to the scores", context.Describe(), $"dimensions of 1 or those of {scores}, [batch, heads, queries, keys]");
        }
    }

    static ScoreStrides Strides(Shape shape)
    {
        nint query = shape[3], head = query * shape[2], batch = head * shape[1];
        return new(shape[0] == 1 ? 0 : batch, shape[1] == 1 ? 0 : head, shape[2] == 1 ? 0 : query, shape[3] == 1 ? 0 : 1);
    }
}
