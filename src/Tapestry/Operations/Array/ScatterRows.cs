namespace Tapestry;

/// <summary>
/// Zeros with rows added: the rows of the first input, at the positions of the first dimension that the second names; rows that meet add up. As long as nobody reads the result it
/// is no more than its inputs, which <see cref="IndexedSlices.Of"/> gives back.
/// </summary>
/// <param name="Shape">The shape of the result.</param>
public sealed record ScatterRowsOp(Shape Shape) : Op, IRowSum
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => input == 1;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (!Positions.IsIndex(context.DType(1))) throw Refuse("the indices have another dtype", context, "int32 or int64");
        if (!DTypes.Numeric.Contains(context.DType(0))) throw Refuse($"{context.DType(0)} has no sum", context, "numbers");
        if (Shape.Rank == 0 || !Shape.IsFullyKnown) throw Refuse($"{Shape} has no rows", context, "a result with known dimensions, at least one");
        var expected = new Shape([.. context.Shape(1).Dimensions, .. Shape.Dimensions[1..]]);
        if (!expected.IsCompatibleWith(context.Shape(0))) throw Refuse("the rows have another shape", context, $"rows of shape {expected}");
        context.Return(Shape, context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new GatherOp(0, 0).Apply(context.Upstream(0), context.Input(1)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => Fill(context.InputTensor(0), context.InputTensor(1), context.OutputTensor(0));

    void IRowSum.Fill(RowList rows, Tensor dense) => Fill(rows.Values, rows.Indices, dense);

    /// <inheritdoc/>
    internal override RowList? RowsOf(ReadOnlySpan<Tensor> inputs)
    {
        // Positions that do not exist are refused where the operation is applied, not where its result is read.
        if (!inputs[1].IsSymbolic) Positions.Check(this, inputs[1], Shape[0]);
        return new RowList(inputs[0], inputs[1], this);
    }

    void Fill(Tensor values, Tensor indices, Tensor dense)
    {
        Positions.Check(this, indices, Shape[0]);
        dense.Bytes.Clear();
        Positions.Compute(indices, values.DType, new ScatterOp.Kernel(values, indices, GatherOp.Extents(dense.Shape, indices.Shape, 0, 0), dense, adds: true));
        GC.KeepAlive(values);
        GC.KeepAlive(indices);
    }
}
