using System.Numerics;
using Tapestry.Kernels.Sorting;

namespace Tapestry;

/// <summary>The elements of the last dimension in order, and where they were: two outputs, the second int32. Equal elements keep their order; NaN comes last. Source: <c>tf.sort</c>, <c>tf.argsort</c>.</summary>
/// <param name="Descending">Whether the largest comes first.</param>
/// <param name="Count">How many of the first are wanted; null for all.</param>
public sealed record SortOp(bool Descending, int? Count) : Op
{
    /// <inheritdoc/>
    public override int OutputCount => 2;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => output == 1;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (shape.Rank == 0) throw Refuse("a scalar has no order", context, "at least one dimension");
        if (!(DTypes.Real | DTypes.Boolean).Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no order", context, "real numbers");
        if (Count > shape[^1] && shape[^1] >= 0) throw Refuse($"there are no {Count} elements in the last dimension", context, $"at most {shape[^1]}");
        var result = Count is { } count ? new Shape([.. shape.Dimensions[..^1], count]) : shape;
        context.Return(0, result, context.DType(0));
        context.Return(1, result, DType.Int32);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.HasUpstream(0)) context.Return(0, new AddAlongAxisOp(context.Input(0).Rank - 1).Apply(context.Upstream(0), context.Output(1), context.Input(0)));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        switch (context.InputTensor(0).DType.Code)
        {
            case DTypeCode.Float32: Run<float>(context); break;
            case DTypeCode.Float64: Run<double>(context); break;
            case DTypeCode.Float16: Run<Half>(context); break;
            case DTypeCode.BFloat16: RunWidened(context); break;
            case DTypeCode.Int8: Run<sbyte>(context); break;
            case DTypeCode.Int16: Run<short>(context); break;
            case DTypeCode.Int32: Run<int>(context); break;
            case DTypeCode.Int64: Run<long>(context); break;
            case DTypeCode.UInt8 or DTypeCode.Bool: Run<byte>(context); break;
            case DTypeCode.UInt16: Run<ushort>(context); break;
            case DTypeCode.UInt32: Run<uint>(context); break;
            case DTypeCode.UInt64: Run<ulong>(context); break;
        }
    }

    void Run<T>(in KernelContext context)
        where T : unmanaged, INumber<T>
    {
        var (rows, length, kept) = Extents(context);
        Sort(rows, length, kept, context.Input<T>(0), context.Output<T>(0), context.Output<int>(1));
    }

    void RunWidened(in KernelContext context)
    {
        var (rows, length, kept) = Extents(context);
        var input = context.Input<BFloat16>(0);
        var output = context.Output<BFloat16>(0);
        var (wide, sorted) = (new float[input.Length], new float[output.Length]);
        for (var i = 0; i < wide.Length; i++) wide[i] = input[i];
        Sort<float>(rows, length, kept, wide, sorted, context.Output<int>(1));
        for (var i = 0; i < sorted.Length; i++) output[i] = (BFloat16)sorted[i];
    }

    void Sort<T>(int rows, int length, int kept, ReadOnlySpan<T> input, Span<T> values, Span<int> positions)
        where T : unmanaged, INumber<T>
    {
        if (values.Length == 0) return;
        if (kept < length) Sorting.TopK(rows, length, kept, input, values, positions);
        else Sorting.SortWithIndices(rows, length, input, values, positions, Descending);
    }

    static (int Rows, int Length, int Kept) Extents(in KernelContext context)
    {
        var (shape, result) = (context.InputTensor(0).Shape, context.OutputTensor(0).Shape);
        return (shape[..^1].Size, shape[^1], result[^1]);
    }
}

/// <summary>Offers sorting to users.</summary>
public static class SortEntry
{
    extension(Ops)
    {
        /// <summary>The elements along a dimension in order; NaN comes last. Source: <c>tf.sort</c>, <c>keras.ops.sort</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="axis">The dimension; null sorts the flattened tensor.</param>
        /// <param name="descending">Whether the largest comes first.</param>
        /// <exception cref="TapestryException">There is no such dimension, or the dtype has no order.</exception>
        public static Tensor Sort(Tensor x, int? axis = -1, bool descending = false) => Along("Sort", x, axis, descending, 0);

        /// <summary>The positions of the elements along a dimension in their order, as int32; equal elements keep theirs. Source: <c>tf.argsort</c>, <c>keras.ops.argsort</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="axis">The dimension; null sorts the flattened tensor.</param>
        /// <param name="descending">Whether the largest comes first.</param>
        /// <exception cref="TapestryException">There is no such dimension, or the dtype has no order.</exception>
        public static Tensor ArgSort(Tensor x, int? axis = -1, bool descending = false) => Along("ArgSort", x, axis, descending, 1);

        /// <summary>The largest elements of the last dimension, largest first, and their positions as int32. Source: <c>tf.math.top_k</c>, <c>keras.ops.top_k</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="k">How many.</param>
        /// <param name="sorted">Whether the order matters to the caller; they come in order in any case.</param>
        /// <exception cref="TapestryException">There are fewer elements, or the dtype has no order.</exception>
        public static (Tensor Values, Tensor Indices) TopK(Tensor x, int k = 1, bool sorted = true)
        {
            if (k < 0) throw new TapestryException("TopK", "the number is negative", $"{k}", "0 or more");
            var results = new SortOp(true, k).ApplyAll(Promotion.To(x, x.DType));
            return (results[0], results[1]);
        }
    }

    static Tensor Along(string subject, Tensor x, int? axis, bool descending, int output)
    {
        if (axis is not { } given) return Along(subject, Ops.Reshape(x, [null]), -1, descending, output);
        var along = Axes.Ordered(subject, [given], x.Rank, x)[0];
        x = Promotion.To(x, x.DType);
        var op = new SortOp(descending, null);
        return along == x.Rank - 1 ? op.ApplyAll(x)[output] : Ops.MoveAxis(op.ApplyAll(Ops.MoveAxis(x, along, -1))[output], -1, along);
    }
}
