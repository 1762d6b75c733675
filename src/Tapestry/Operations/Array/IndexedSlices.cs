namespace Tapestry;

/// <summary>
/// Some rows of a tensor that is zero elsewhere, and where they belong: what the gradient of a table is from which rows were gathered. Rows that name the same place add up.
/// </summary>
/// <remarks>
/// Gradients are tensors here, such ones too: they can be used as any tensor, and only get memory of their full size when somebody reads it. Whoever can work on the rows alone,
/// as optimizers do, asks for them by <see cref="Of"/>. Source: <c>tf.IndexedSlices</c>.
/// <code>
/// var table = new Variable(Ops.Zeros([1000, 2]));
/// using var tape = new GradientTape();
/// var picked = Ops.Gather(table, new[] { 7, 3 });
/// Tensor gradient = tape.Gradient(Ops.Sum(picked), table)!;
/// Console.WriteLine(gradient.Shape);                             // (1000, 2)
/// Console.WriteLine(IndexedSlices.Of(gradient)!.Indices);        // tf.Tensor([7 3], shape=(2,), dtype=int32)
/// </code>
/// </remarks>
public sealed class IndexedSlices
{
    /// <summary>Puts rows together with their places.</summary>
    /// <param name="values">The rows: (n, …).</param>
    /// <param name="indices">The place of each row, from 0 on: n integers; they may repeat.</param>
    /// <param name="denseShape">The shape of the whole tensor, all dimensions known.</param>
    /// <exception cref="TapestryException">The shapes do not fit each other, or the values are no numbers.</exception>
    public IndexedSlices(Tensor values, Tensor indices, Shape denseShape)
    {
        indices = Positions.Normalize("IndexedSlices", indices);
        if (indices.Rank != 1) throw new TapestryException("IndexedSlices", "the indices are no list", indices.Spec.ToString(), "one dimension", "Reshape rows and indices.");
        (Values, Indices, DenseShape) = (Promotion.To(values, values.DType), indices, denseShape);
        var outputs = new TensorSpec[1];
        var context = new InferContext([Values, Indices], outputs);
        new ScatterRowsOp(denseShape).Infer(ref context);
    }

    /// <summary>The rows: (n, …).</summary>
    public Tensor Values { get; }

    /// <summary>The place of each row: int32 or int64.</summary>
    public Tensor Indices { get; }

    /// <summary>The shape of the whole tensor.</summary>
    public Shape DenseShape { get; }

    /// <summary>The element type.</summary>
    public DType DType => Values.DType;

    /// <summary>The whole tensor; the same as <see cref="ToTensor"/>.</summary>
    public static implicit operator Tensor(IndexedSlices slices) => slices.ToTensor();

    /// <summary>The rows that a tensor consists of; null when it is not known to be zero but for some rows.</summary>
    /// <remarks>
    /// Gradients of <c>Ops.Gather</c> along the first axis (and of <c>Embedding</c>) consist of rows, and sums of such gradients do. Also null for a tensor that a tape recorded
    /// without its rows, since their derivatives would be lost.
    /// </remarks>
    /// <param name="tensor">A tensor, with values or symbolic.</param>
    public static IndexedSlices? Of(Tensor tensor)
    {
        if (tensor.Rows is not { } rows) return null;
        if (Scopes.Current.IsObserved && tensor.RecordId != 0 && rows.Values.RecordId == 0) return null;
        return Flat(rows, tensor);
    }

    /// <summary>The whole tensor: zeros with the rows added. It gets memory of its full size only when it is read. Source: <c>tf.convert_to_tensor</c>.</summary>
    /// <exception cref="TapestryException">An index is out of range.</exception>
    public Tensor ToTensor() => new ScatterRowsOp(DenseShape).Apply(Values, Indices);

    /// <summary>The same places with other rows.</summary>
    /// <param name="values">The rows, of the same shape.</param>
    public IndexedSlices WithValues(Tensor values) => new(values, Indices, DenseShape);

    /// <summary>Dtype, number of rows and shape.</summary>
    public override string ToString() => $"IndexedSlices({DType}, {(Indices.Size < 0 ? "?" : Indices.Size)} rows of {DenseShape})";

    /// <summary>As <see cref="Of"/>, for those who need no derivatives of the rows.</summary>
    internal static IndexedSlices? WithoutDerivatives(Tensor tensor) => tensor.Rows is { } rows ? Flat(rows, tensor) : null;

    /// <summary>A function of a gradient that is zero for zeros, applied to its rows if it consists of rows; equal places count on their own.</summary>
    internal static Tensor Map(Tensor tensor, Func<Tensor, Tensor> function) =>
        WithoutDerivatives(tensor) is { } slices ? slices.WithValues(function(slices.Values)).ToTensor() : function(tensor);

    /// <summary>The sum of several gradients: rows, joined, if all are rows.</summary>
    internal static Tensor Sum(IReadOnlyList<Tensor> gradients)
    {
        var all = gradients.Select(Of).OfType<IndexedSlices>().ToArray();
        if (all.Length < gradients.Count || all.Any(slices => slices.DenseShape != all[0].DenseShape)) return gradients.Aggregate(Sum);
        var index = all.All(slices => slices.Indices.DType == DType.Int32) ? DType.Int32 : DType.Int64;
        return new IndexedSlices(Ops.Concat([.. all.Select(slices => slices.Values)], 0), Ops.Concat([.. all.Select(slices => Ops.Cast(slices.Indices, index))], 0), all[0].DenseShape);
    }

    /// <summary>The sum of two gradients: rows if both are, and without the whole of one that is.</summary>
    internal static Tensor Sum(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape) return a + b;
        var (left, right) = (Of(a), Of(b));
        if (left is not null && right is not null) return Sum([a, b]);
        if (right is not null) return new ScatterOp(ScatterReduction.Add).Apply(a, right.Indices, right.Values);
        if (left is not null) return new ScatterOp(ScatterReduction.Add).Apply(b, left.Indices, left.Values);
        return a + b;
    }

    static IndexedSlices Flat(RowList rows, Tensor tensor)
    {
        var (values, indices) = (rows.Values, rows.Indices);
        if (indices.Rank == 1) return new IndexedSlices(values, indices, tensor.Shape);
        int? count = indices.Shape.IsFullyKnown ? indices.Size : null;
        return new IndexedSlices(Ops.Reshape(values, Shape.Create([count, .. tensor.Shape[1..]])), Ops.Reshape(indices, [count]), tensor.Shape);
    }
}
