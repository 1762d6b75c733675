namespace Tapestry;

/// <summary>The families of dtypes that an operation accepts.</summary>
[Flags]
public enum DTypes
{
    /// <summary>bool.</summary>
    Boolean = 1,

    /// <summary>Signed and unsigned integers.</summary>
    Integer = 2,

    /// <summary>float16, bfloat16, float32, float64.</summary>
    Floating = 4,

    /// <summary>complex64, complex128.</summary>
    Complex = 8,

    /// <summary>string.</summary>
    Text = 16,

    /// <summary>Everything that has an order and arithmetic.</summary>
    Real = Integer | Floating,

    /// <summary>Everything that has arithmetic.</summary>
    Numeric = Integer | Floating | Complex,

    /// <summary>Everything.</summary>
    Any = Boolean | Integer | Floating | Complex | Text,
}

/// <summary>Asks dtypes for their family.</summary>
static class DTypeFamilies
{
    /// <summary>True when the dtype belongs to one of the families.</summary>
    internal static bool Contains(this DTypes families, DType dtype) => (families & FamilyOf(dtype)) != 0;

    static DTypes FamilyOf(DType dtype) =>
        dtype.IsFloating ? DTypes.Floating
        : dtype.IsInteger ? DTypes.Integer
        : dtype.IsComplex ? DTypes.Complex
        : dtype == DType.Bool ? DTypes.Boolean
        : DTypes.Text;
}
