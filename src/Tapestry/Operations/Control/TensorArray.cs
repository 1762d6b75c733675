namespace Tapestry;

/// <summary>
/// Entries of one shape that are written one by one, in loops too, and then stacked. An array does not change: a write gives another one.
/// </summary>
/// <remarks>
/// A loop carries the stacked entries: <see cref="Stack"/> gives them, <see cref="Of"/> makes an array of them. Gradients of any order flow
/// through writes and reads. Entries that were never written are zero. Source: <c>tf.TensorArray</c>.
/// <code>
/// var f = Function.Of((Tensor x) =&gt; Ops.WhileLoop(
///     state =&gt; Ops.Less(state[0].Single(), 4),
///     state =&gt; (Nest)(state[0].Single() + 1, TensorArray.Of(state[1].Single()).Write(state[0].Single(), x * x).Stack()),
///     (Nest)(Ops.Constant(0), new TensorArray(DType.Float32, size: 4, elementShape: []).Stack()))[1].Single());
/// Console.WriteLine(f.Apply(3f));   // tf.Tensor([9. 9. 9. 9.], shape=(4,), dtype=float32)
/// </code>
/// </remarks>
public sealed class TensorArray
{
    readonly Tensor? entries;
    readonly int size;

    /// <summary>Makes an array of zeros.</summary>
    /// <param name="dtype">The dtype of the entries.</param>
    /// <param name="size">How many entries there are.</param>
    /// <param name="dynamicSize">Whether a write behind the last entry makes the array longer.</param>
    /// <param name="elementShape">The shape of an entry, fully known; null takes that of the first one written.</param>
    /// <exception cref="TapestryException">The size is negative, or a dimension is unknown.</exception>
    public TensorArray(DType dtype, int size = 0, bool dynamicSize = false, Shape? elementShape = null)
        : this(dtype, size, dynamicSize, elementShape is null ? null : Ops.Zeros([RequireSize(size), .. elementShape], dtype))
    {
    }

    TensorArray(DType dtype, int size, bool dynamicSize, Tensor? entries)
    {
        (DType, DynamicSize, this.entries, this.size) = (dtype, dynamicSize, entries, RequireSize(size));
    }

    /// <summary>The dtype of the entries.</summary>
    public DType DType { get; }

    /// <summary>Whether a write behind the last entry makes the array longer.</summary>
    public bool DynamicSize { get; }

    /// <summary>The shape of an entry; null before the first one is written, unless it was given.</summary>
    public Shape? ElementShape => entries is null ? null : entries.Shape[1..];

    /// <summary>The array whose entries lie along the first dimension of a tensor.</summary>
    /// <param name="value">A tensor of rank 1 or more.</param>
    /// <param name="dynamicSize">Whether a write behind the last entry makes the array longer.</param>
    /// <exception cref="TapestryException">The tensor is a scalar.</exception>
    public static TensorArray Of(Tensor value, bool dynamicSize = false)
    {
        if (value.Rank == 0) throw new TapestryException("TensorArray", "a scalar has no entries", value.Spec.ToString(), "at least one dimension");
        return new(value.DType, 0, dynamicSize, Promotion.To(value, value.DType));
    }

    /// <summary>The number of entries, an int32 scalar.</summary>
    public Tensor Size() => entries is null ? Ops.Constant(size) : Ops.GetItem(Ops.Shape(entries), 0);

    /// <summary>The array with another entry at a position.</summary>
    /// <param name="index">The position, an integer scalar.</param>
    /// <param name="value">The entry, of the dtype and shape of the others.</param>
    /// <exception cref="TapestryException">The entry does not fit, or, when it is computed, the position is out of range.</exception>
    public TensorArray Write(Tensor index, Tensor value) => Scatter(Ops.ExpandDims(index, 0), Ops.ExpandDims(Own(value), 0));

    /// <summary>The array with other entries at several positions.</summary>
    /// <param name="indices">The positions: a vector of integers.</param>
    /// <param name="values">The entries along the first dimension, of the dtype and shape of the others.</param>
    /// <exception cref="TapestryException">The entries do not fit, or, when it is computed, a position is out of range.</exception>
    public TensorArray Scatter(Tensor indices, Tensor values)
    {
        indices = Positions.Normalize("TensorArray", indices);
        var shape = ElementShape ?? values.Shape[1..];
        if (values.DType != DType || !shape.IsCompatibleWith(values.Shape[1..])) throw new TapestryException("TensorArray.Write", "an entry does not fit", values.Spec.ToString(), $"{DType}, entries of shape {shape}");
        var before = entries ?? Ops.Zeros([size, .. shape], DType);
        if (DynamicSize) before = Grown(before, Ops.Max(indices));
        return With(new ScatterOp(ScatterReduction.Replace).Apply(before, indices, values));
    }

    /// <summary>The entry at a position.</summary>
    /// <param name="index">The position, an integer scalar.</param>
    /// <exception cref="TapestryException">Nothing was written, or, when it is computed, the position is out of range.</exception>
    public Tensor Read(Tensor index) => Ops.Gather(Stack(), index);

    /// <summary>The entries at several positions, stacked.</summary>
    /// <param name="indices">The positions: integers.</param>
    /// <exception cref="TapestryException">Nothing was written, or, when it is computed, a position is out of range.</exception>
    public Tensor Gather(Tensor indices) => Ops.Gather(Stack(), indices);

    /// <summary>All entries along a new first dimension.</summary>
    /// <exception cref="TapestryException">Nothing was written, and the shape of the entries is not known.</exception>
    public Tensor Stack() => entries ?? throw new TapestryException("TensorArray", "the shape of the entries is not known", "an array to which nothing was written", "entries", "Give elementShape.");

    /// <summary>All entries one behind the other along their own first dimension.</summary>
    /// <exception cref="TapestryException">Nothing was written, or the entries are scalars.</exception>
    public Tensor Concat()
    {
        if (Stack().Rank < 2) throw new TapestryException("TensorArray.Concat", "the entries are scalars", Stack().Spec.ToString(), "entries with a first dimension", "Use Stack.");
        return new MergeDimensionsOp(0, 2).Apply(Stack());
    }

    /// <summary>The array with the entries along the first dimension of a tensor in place of its own.</summary>
    /// <param name="value">A tensor of rank 1 or more.</param>
    public TensorArray Unstack(Tensor value) => Of(value, DynamicSize);

    // A number written in the program takes the dtype of the entries.
    Tensor Own(Tensor value) => Promotion.To(value, value.Weakness == ScalarKind.None ? value.DType : DType);

    TensorArray With(Tensor changed) => new(DType, size, DynamicSize, changed);

    // Zeros up to the last position that is written.
    static Tensor Grown(Tensor entries, Tensor last)
    {
        if (!last.IsSymbolic && entries.Shape[0] >= 0)
        {
            var missing = last.Item<int>() + 1 - entries.Shape[0];
            return missing <= 0 ? entries : Ops.Concat([entries, Ops.Zeros([missing, .. entries.Shape[1..]], entries.DType)], 0);
        }

        Shape any = new([Shape.Unknown, .. entries.Shape.Dimensions[1..]]);
        var row = Ops.Zeros([1, .. entries.Shape[1..]], entries.DType);
        return Ops.WhileLoop(
            state => Ops.LessEqual(Ops.Cast(Ops.GetItem(Ops.Shape(state[0].Single()), 0), last.DType), last),
            state => Nest.Tuple([Ops.Concat([state[0].Single(), row], 0)]),
            Nest.Tuple([entries]),
            shapeInvariants: [any])[0].Single();
    }

    static int RequireSize(int size) => size >= 0 ? size : throw new TapestryException("TensorArray", "the size is negative", $"{size}", "0 or more");
}
