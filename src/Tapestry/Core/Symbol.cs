namespace Tapestry;

/// <summary>What a tensor without values stands for. Whoever made it decides what an operation on it means.</summary>
abstract class Symbol
{
    /// <summary>The trace, or the recorder of a functional model, that the tensor belongs to.</summary>
    internal abstract object Owner { get; }

    /// <summary>The value, where it is known although the tensor is symbolic (a shape, a constant).</summary>
    internal virtual Tensor? KnownValue => null;

    /// <summary>The rows that the tensor consists of, as symbolic tensors, where it is known to be zero but for some.</summary>
    internal virtual RowList? Rows => null;

    /// <summary>How the tensor names itself when it is printed.</summary>
    internal abstract string Label { get; }
}

/// <summary>How a number takes part in the promotion of dtypes.</summary>
enum ScalarKind : byte
{
    /// <summary>A tensor with a dtype of its own.</summary>
    None,

    /// <summary>A whole number written in C#: takes any numeric dtype it meets.</summary>
    Integer,

    /// <summary>A number with a fraction written in C#: takes any floating-point dtype it meets.</summary>
    Floating,
}
