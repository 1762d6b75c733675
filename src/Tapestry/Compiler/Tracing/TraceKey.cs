namespace Tapestry.Compiler;

/// <summary>
/// What decides whether a trace fits a call: the structure of the arguments, dtype and shape of every tensor, the value of everything else.
/// </summary>
sealed class TraceKey
{
    readonly string structure;
    readonly object?[] leaves;

    TraceKey(string structure, object?[] leaves)
    {
        this.structure = structure;
        this.leaves = leaves;
    }

    /// <summary>The leaves: a <see cref="TensorSpec"/> for a tensor, the object itself for anything else.</summary>
    internal IReadOnlyList<object?> Leaves => leaves;

    /// <summary>The key of a call.</summary>
    internal static TraceKey Of(string structure, IReadOnlyList<object?> arguments)
    {
        var leaves = new object?[arguments.Count];
        for (var i = 0; i < leaves.Length; i++) leaves[i] = arguments[i] is Tensor tensor ? tensor.Spec : arguments[i];
        return new TraceKey(structure, leaves);
    }

    /// <summary>The same key with other tensor specifications.</summary>
    internal TraceKey With(IReadOnlyList<object?> changed) => new(structure, [.. changed]);

    /// <summary>True when a call with these arguments may use the trace.</summary>
    internal bool Accepts(string otherStructure, IReadOnlyList<object?> arguments)
    {
        if (leaves.Length != arguments.Count || structure != otherStructure) return false;
        for (var i = 0; i < leaves.Length; i++)
        {
            if (leaves[i] is TensorSpec spec ? arguments[i] is not Tensor tensor || !spec.Accepts(tensor) : !SameStatic(leaves[i], arguments[i])) return false;
        }

        return true;
    }

    /// <summary>True when a call with nothing but these tensors may use the trace; allocates nothing.</summary>
    internal bool Accepts(ReadOnlySpan<Tensor> tensors)
    {
        if (leaves.Length != tensors.Length) return false;
        for (var i = 0; i < leaves.Length; i++)
        {
            if (leaves[i] is not TensorSpec spec) return false;
            if (!ReferenceEquals(spec.DType, tensors[i].DType) || !(ReferenceEquals(spec.Shape, tensors[i].Shape) || spec.Shape.IsCompatibleWith(tensors[i].Shape))) return false;
        }

        return true;
    }

    /// <summary>
    /// Where another call differs: a list of <c>argument 'x': float32[2] → float32[3]</c>; empty when the structure differs.
    /// </summary>
    internal IReadOnlyList<string> Differences(TraceKey other, IReadOnlyList<string> names)
    {
        if (structure != other.structure || leaves.Length != other.leaves.Length) return [$"structure: {structure} → {other.structure}"];
        var differences = new List<string>();
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!Equals(leaves[i], other.leaves[i])) differences.Add($"argument '{(i < names.Count ? names[i] : i)}': {Show(leaves[i])} → {Show(other.leaves[i])}");
        }

        return differences;
    }

    /// <summary>
    /// The key with unknown dimensions wherever this one and another differ in size only; null when they differ otherwise.
    /// </summary>
    internal TraceKey? Relaxed(TraceKey other)
    {
        if (structure != other.structure || leaves.Length != other.leaves.Length) return null;
        var relaxed = new object?[leaves.Length];
        for (var i = 0; i < leaves.Length; i++)
        {
            if (leaves[i] is TensorSpec a && other.leaves[i] is TensorSpec b)
            {
                if (a.DType != b.DType || a.Shape.Rank != b.Shape.Rank) return null;
                var dimensions = a.Shape.ToArray();
                for (var axis = 0; axis < dimensions.Length; axis++)
                {
                    if (dimensions[axis] != b.Shape[axis]) dimensions[axis] = Shape.Unknown;
                }

                relaxed[i] = a with { Shape = dimensions };
            }
            else if (SameStatic(leaves[i], other.leaves[i]))
            {
                relaxed[i] = leaves[i];
            }
            else
            {
                return null;
            }
        }

        return new TraceKey(structure, relaxed);
    }

    // As in Python, numbers and truth values are equal when their values are; other objects when they say so.
    static bool SameStatic(object? a, object? b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a is null || b is null) return false;
        if (Number(a) is { } x && Number(b) is { } y) return x.Equals(y) || x == y;
        return a.Equals(b);
    }

    static double? Number(object value) => value switch
    {
        bool truth => truth ? 1 : 0,
        int number => number,
        long number => number,
        float number => number,
        double number => number,
        byte or sbyte or short or ushort or uint or ulong or Half or decimal => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    static string Show(object? leaf) => leaf switch { null => "null", string text => $"\"{text}\"", _ => leaf.ToString()! };
}
