namespace Tapestry;

/// <summary>Applies operations that work along the last axis to any axis, or to several at once.</summary>
static class RowAxis
{
    /// <summary>Along one axis, or all of them.</summary>
    internal static Tensor Apply(string subject, Tensor x, int? axis, Op op)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Promotion.Floating(x, subject);
        var dtype = x.DType;
        x = SinglePrecision.Widen(x);
        if (x.Rank == 0) return SinglePrecision.Narrow(Ops.Reshape(op.Apply(Ops.Reshape(x, [1])), Shape.Scalar), dtype);
        if (axis is not { } along) return SinglePrecision.Narrow(Ops.ReshapeLike(op.Apply(Ops.Reshape(x, [-1])), x), dtype);
        if (along < -x.Rank || along >= x.Rank) throw NoSuchAxis(subject, x, along);
        if (along == -1 || along == x.Rank - 1) return SinglePrecision.Narrow(op.Apply(x), dtype);
        return SinglePrecision.Narrow(Ops.MoveAxis(op.Apply(Ops.MoveAxis(x, along, -1)), -1, along), dtype);
    }

    /// <summary>Along several axes as if they were one.</summary>
    internal static Tensor Apply(string subject, Tensor x, ReadOnlySpan<int> axes, Op op)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (axes.Length == 1) return Apply(subject, x, axes[0], op);
        var rank = x.Rank;
        var joined = new bool[rank];
        foreach (var axis in axes)
        {
            if (axis < -rank || axis >= rank) throw NoSuchAxis(subject, x, axis);
            joined[axis < 0 ? axis + rank : axis] = true;
        }

        var order = Enumerable.Range(0, rank).OrderBy(axis => joined[axis]).ToArray();
        var inverse = new int[rank];
        for (var i = 0; i < rank; i++) inverse[order[i]] = i;
        x = Promotion.Floating(x, subject);
        var turned = Ops.Transpose(SinglePrecision.Widen(x), order);
        var length = 1;
        foreach (var dimension in turned.Shape.Dimensions[(rank - axes.Length)..]) length = dimension < 0 || length < 0 ? -1 : length * dimension;
        if (length < 0) throw new TapestryException(subject, "an axis among several has an unknown length", x.Spec.ToString(), "known lengths along all axes of the sum");
        var rows = op.Apply(Ops.Reshape(turned, [-1, length]));
        return SinglePrecision.Narrow(Ops.Transpose(Ops.ReshapeLike(rows, turned), inverse), x.DType);
    }

    static TapestryException NoSuchAxis(string subject, Tensor x, int axis) =>
        new(subject, $"there is no axis {axis}", x.Spec.ToString(), x.Rank == 0 ? "a tensor with axes" : $"an axis between {-x.Rank} and {x.Rank - 1}");
}
