namespace Tapestry;

/// <summary>
/// Which dtype an operation on several dtypes has. The rules are those of <c>keras.backend.result_type</c>: a lattice without
/// surprises for floating point (int64 and float32 give float32), numbers written in the program adapt, and uint64 counts as uint32.
/// </summary>
static class TypePromotion
{
    /// <summary>The common dtype of two tensors.</summary>
    internal static DType Of(Tensor a, Tensor b) => ReferenceEquals(a.DType, b.DType) && (a.Weakness | b.Weakness) == ScalarKind.None && a.DType != DType.UInt64
        ? a.DType
        : Of(a.DType, a.Weakness, b.DType, b.Weakness);

    /// <summary>The common dtype of two dtypes, of which either may be that of a weak scalar.</summary>
    internal static DType Of(DType a, ScalarKind aWeakness, DType b, ScalarKind bWeakness)
    {
        if (aWeakness != ScalarKind.None && bWeakness != ScalarKind.None) return aWeakness > bWeakness ? a : b;
        if (aWeakness != ScalarKind.None) return OfWeak(a, aWeakness, b);
        if (bWeakness != ScalarKind.None) return OfWeak(b, bWeakness, a);
        return Of(a, b);
    }

    /// <summary>The common dtype of two dtypes.</summary>
    /// <exception cref="TapestryException">One is a string and the other is not.</exception>
    internal static DType Of(DType a, DType b)
    {
        if (a == DType.UInt64) a = DType.UInt32 == b || b.IsUnsigned || b == DType.Bool ? DType.UInt32 : a;
        if (b == DType.UInt64) b = a.IsUnsigned || a == DType.Bool ? DType.UInt32 : b;
        if (a == b) return a;
        if (a == DType.String || b == DType.String) throw new TapestryException("DType", "texts and numbers have no common dtype", $"{a} and {b}", "two numeric dtypes or two string tensors", "Turn the texts into numbers first.");
        if (a.IsComplex || b.IsComplex) return Wide(a) || Wide(b) ? DType.Complex128 : DType.Complex64;
        if (a.IsFloating && b.IsFloating) return a.Size == b.Size ? DType.Float32 : a.Size > b.Size ? a : b;
        if (a.IsFloating) return a;
        if (b.IsFloating) return b;
        if (a == DType.Bool) return b;
        if (b == DType.Bool) return a;
        if (a.IsUnsigned == b.IsUnsigned) return a.Size >= b.Size ? a : b;
        var (unsigned, signed) = a.IsUnsigned ? (a, b) : (b, a);
        if (unsigned == DType.UInt64) return DType.DefaultFloat;
        return signed.Size > unsigned.Size ? signed : unsigned.Size switch { 1 => DType.Int16, 2 => DType.Int32, _ => DType.Int64 };
    }

    static DType OfWeak(DType weak, ScalarKind kind, DType strong)
    {
        if (strong == DType.String) return Of(weak, strong);
        if (strong.IsDifferentiable) return strong;
        if (kind == ScalarKind.Floating) return DType.DefaultFloat;
        return strong == DType.Bool ? DType.Int32 : strong == DType.UInt64 ? DType.UInt32 : strong;
    }

    static bool Wide(DType dtype) => dtype == DType.Complex128 || dtype == DType.Float64;
}
