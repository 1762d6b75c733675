namespace Tapestry;

/// <summary>What an operation is within a sum of terms, seen from algebra.</summary>
enum TermForm : byte
{
    /// <summary>Nothing that algebra knows.</summary>
    Other,

    /// <summary>−a.</summary>
    Negation,

    /// <summary>a + b.</summary>
    Sum,

    /// <summary>a − b.</summary>
    Difference,

    /// <summary>a · b.</summary>
    Product,

    /// <summary>The first input, stretched.</summary>
    Stretch,

    /// <summary>The sum of the first input over all dimensions that are longer than those of the second.</summary>
    SumToShape,

    /// <summary>The mean over the dimensions that are 1 in the result, which stay.</summary>
    Mean,
}
