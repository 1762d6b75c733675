using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>Brings the arguments of an operation to one dtype before it is applied.</summary>
static class Promotion
{
    const int SlotBits = 6;

    // Entries are objects, so that a thread never sees half of what another one writes.
    static readonly KeptScalar?[] Scalars = new KeptScalar?[1 << SlotBits];

    /// <summary>Converts two arguments to their common dtype.</summary>
    /// <param name="a">An argument.</param>
    /// <param name="b">The other argument.</param>
    /// <param name="operation">Who asks, for the message about texts.</param>
    internal static void Unify(ref Tensor a, ref Tensor b, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (ReferenceEquals(a.DType, b.DType) && (a.Weakness | b.Weakness) == ScalarKind.None && a.DType != DType.UInt64) return;
        if ((a.DType == DType.String) != (b.DType == DType.String)) throw new TapestryException(operation, "texts and numbers have no common dtype", $"{a.Spec}, {b.Spec}", "two numeric dtypes, or two string tensors", "Turn the texts into numbers first.");
        var dtype = TypePromotion.Of(a, b);
        a = To(a, dtype);
        b = To(b, dtype);
    }

    /// <summary>Converts two arguments to their common dtype, and that to a floating-point one.</summary>
    internal static void UnifyFloating(ref Tensor a, ref Tensor b, [CallerMemberName] string operation = "")
    {
        Unify(ref a, ref b, operation);
        a = Floating(a, operation);
        b = Floating(b, operation);
    }

    /// <summary>Integers and truth values become <see cref="DType.DefaultFloat"/>, as in keras.ops.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="operation">Who asks, for the message about texts.</param>
    internal static Tensor Floating(Tensor x, [CallerMemberName] string operation = "")
    {
        if (x.DType.IsDifferentiable && x.Weakness == ScalarKind.None) return x;
        if (x.DType == DType.String) throw new TapestryException(operation, "texts are no numbers", x.Spec.ToString(), "a numeric dtype", "Turn the texts into numbers first, for example into the positions of their words in a list.");
        return To(x, x.DType.IsDifferentiable ? x.DType : DType.DefaultFloat);
    }

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
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var slot = Slot(bits + (ulong)dtype.Code);
        if (Scalars[slot] is { } kept && kept.DType == dtype && BitConverter.DoubleToUInt64Bits(kept.Value) == bits) return kept.Tensor;
        var tensor = TensorFactory.Scalar(dtype, value);
        Scalars[slot] = new KeptScalar(tensor, dtype, value);
        return tensor;
    }

    // Fibonacci hashing: unlike HashCode, the same in every process, so that which numbers displace each other does not change from run to run.
    // Numbers of programs have bits above only, hence the fold.
    static int Slot(ulong key) => (int)((key ^ (key >> 32)) * 0x9E37_79B9_7F4A_7C15 >> (64 - SlotBits));

    sealed record KeptScalar(Tensor Tensor, DType DType, double Value);
}
