namespace Tapestry;

/// <summary>Brings the arguments of an operation to one dtype before it is applied.</summary>
static class Promotion
{
    // Entries are objects, so that a thread never sees half of what another one writes.
    static readonly KeptScalar?[] Scalars = new KeptScalar?[64];

    /// <summary>Converts two arguments to their common dtype.</summary>
    internal static void Unify(ref Tensor a, ref Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (ReferenceEquals(a.DType, b.DType) && (a.Weakness | b.Weakness) == ScalarKind.None && a.DType != DType.UInt64) return;
        var dtype = TypePromotion.Of(a, b);
        a = To(a, dtype);
        b = To(b, dtype);
    }

    /// <summary>Converts two arguments to their common dtype, and that to a floating-point one.</summary>
    internal static void UnifyFloating(ref Tensor a, ref Tensor b)
    {
        Unify(ref a, ref b);
        a = Floating(a);
        b = Floating(b);
    }

    /// <summary>Integers and truth values become <see cref="DType.DefaultFloat"/>, as in keras.ops.</summary>
    internal static Tensor Floating(Tensor x) => x.DType.IsDifferentiable && x.Weakness == ScalarKind.None ? x : To(x, x.DType.IsDifferentiable ? x.DType : DType.DefaultFloat);

    /// <summary>A tensor of another dtype. A number written in the program is rounded once, from its exact value.</summary>
    internal static Tensor To(Tensor x, DType dtype)
    {
        if (x.Weakness != ScalarKind.None) return Scalar(dtype, x.WeakValue);
        return ReferenceEquals(x.DType, dtype) ? x : Ops.Cast(x, dtype);
    }

    /// <summary>
    /// A scalar of a dtype; those that programs use again and again are kept. Only operations may see it: to a tape, all uses are one tensor.
    /// </summary>
    internal static Tensor Scalar(DType dtype, double value)
    {
        var slot = (int)((uint)HashCode.Combine(BitConverter.DoubleToInt64Bits(value), dtype.Code) % (uint)Scalars.Length);
        if (Scalars[slot] is { } kept && kept.DType == dtype && BitConverter.DoubleToInt64Bits(kept.Value) == BitConverter.DoubleToInt64Bits(value)) return kept.Tensor;
        var tensor = TensorFactory.Scalar(dtype, value);
        Scalars[slot] = new KeptScalar(tensor, dtype, value);
        return tensor;
    }

    sealed record KeptScalar(Tensor Tensor, DType DType, double Value);
}
