namespace Tapestry;

/// <summary>Rows that are on at one position and off elsewhere; off everywhere for positions that do not exist. Source: <c>tf.one_hot</c>.</summary>
/// <param name="Depth">The length of the new dimension.</param>
/// <param name="Axis">Its number in the result.</param>
/// <param name="DType">The dtype of the result.</param>
/// <param name="OnValue">The element at the position.</param>
/// <param name="OffValue">The elements elsewhere.</param>
public sealed record OneHotOp(int Depth, int Axis, DType DType, double OnValue, double OffValue) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!Positions.IsIndex(context.DType(0))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        var shape = context.Shape(0).Dimensions;
        context.Return(new Shape([.. shape[..Axis], Depth, .. shape[Axis..]]), DType);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Positions have no gradient.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var (positions, result) = (context.InputTensor(0), context.OutputTensor(0));
        TensorFactory.Write(result, OffValue);
        if (result.Size == 0) return;
        var on = Promotion.Scalar(DType, OnValue).Bytes;
        var inner = positions.Shape[Axis..].Size;
        for (var i = 0; i < positions.Size; i++)
        {
            var position = positions.DType == DType.Int32 ? positions.Elements<int>()[i] : positions.Elements<long>()[i];
            if ((ulong)position >= (ulong)Depth) continue;
            var at = ((((i / inner) * Depth) + (int)position) * inner) + (i % inner);
            on.CopyTo(result.Bytes[(at * on.Length)..]);
        }
    }
}

/// <summary>Offers <see cref="OneHotOp"/> to users.</summary>
public static class OneHotEntry
{
    extension(Ops)
    {
        /// <summary>For every index a row that is on at its position and off elsewhere; positions outside 0 … depth-1 give a row of offs.</summary>
        /// <param name="x">Integers.</param>
        /// <param name="depth">The length of the rows.</param>
        /// <param name="axis">The number of the new dimension in the result; the last by default.</param>
        /// <param name="dtype">The dtype of the result; <see cref="DType.DefaultFloat"/> by default.</param>
        /// <param name="onValue">The element at the position.</param>
        /// <param name="offValue">The elements elsewhere.</param>
        /// <exception cref="TapestryException">The dtype is not an integer one, the depth is negative, or there is no such axis.</exception>
        public static Tensor OneHot(Tensor x, int depth, int axis = -1, DType? dtype = null, double onValue = 1, double offValue = 0)
        {
            if (depth < 0) throw new TapestryException("OneHot", "the depth is negative", $"{depth}", "0 or more");
            return new OneHotOp(depth, Axes.Ordered("OneHot", [axis], x.Rank + 1, x)[0], dtype ?? DType.DefaultFloat, onValue, offValue).Apply(Positions.Normalize("OneHot", x));
        }
    }
}
