namespace Tapestry.Keras;

/// <summary>
/// The operations that losses, metrics and optimizers need, plainly written, until their own families are there. Being in an inner
/// namespace they hide those of the same names; delete this folder when the families exist.
/// </summary>
static class InterimOperations
{
    extension(Ops)
    {
        internal static Tensor OneHot(Tensor x, int depth, DType? dtype = null) =>
            Ops.Cast(Ops.Equal(Ops.ExpandDims(x, -1), Ops.Cast(Enumerable.Range(0, depth).ToArray(), x.DType)), dtype ?? DType.DefaultFloat);

        internal static Tensor ExpandDims(Tensor x, int axis) => Tapestry.Interim.ExpandDims(x, axis);

        internal static Tensor Squeeze(Tensor x, int axis) => Tapestry.Interim.Squeeze(x, axis);

        internal static Tensor Transpose(Tensor x) => Tapestry.Interim.Transpose(x, [1, 0]);

        internal static Tensor Eye(int rows, DType? dtype = null) => new IdentityInitializer().Apply([rows, rows], dtype);
    }
}
