namespace Tapestry;

/// <summary>One index of <c>tensor[…]</c>: a number, <c>^1</c>, a range, a strided range, ellipsis, new axis, or a tensor.</summary>
public readonly struct TensorIndex
{
    TensorIndex(TensorIndexKind kind, Index start = default, Index stop = default, int step = 1, Tensor? tensor = null)
    {
        Kind = kind;
        Start = start;
        Stop = stop;
        Step = step;
        Tensor = tensor;
    }

    /// <summary>Stands for as many whole dimensions as are left over (Python: <c>...</c>).</summary>
    public static TensorIndex Ellipsis { get; } = new(TensorIndexKind.Ellipsis);

    /// <summary>Inserts a dimension of length 1 (Python: <c>None</c>, <c>tf.newaxis</c>).</summary>
    public static TensorIndex NewAxis { get; } = new(TensorIndexKind.NewAxis);

    internal TensorIndexKind Kind { get; }

    internal Index Start { get; }

    internal Index Stop { get; }

    internal int Step { get; }

    internal Tensor? Tensor { get; }

    /// <summary>Python's <c>start:stop:step</c>: null leaves an end open, negative numbers count from the end, the step may be negative.</summary>
    /// <exception cref="TapestryException">The step is 0.</exception>
    public static TensorIndex Slice(int? start = null, int? stop = null, int step = 1)
    {
        if (step == 0) throw new TapestryException("TensorIndex.Slice", "a step of 0 never ends", "0", "a step other than 0");
        return new PythonSlice(start, stop, step).ToIndex();
    }

    /// <summary>A single position, which drops the dimension; a negative number counts from the end.</summary>
    public static implicit operator TensorIndex(int position) => new(TensorIndexKind.Position, position < 0 ? new Index(-position, fromEnd: true) : new Index(position));

    /// <summary>A single position, which drops the dimension.</summary>
    public static implicit operator TensorIndex(Index position) => new(TensorIndexKind.Position, position);

    /// <summary>A range of positions.</summary>
    public static implicit operator TensorIndex(Range range) => new(TensorIndexKind.Slice, range.Start, range.End);

    /// <summary>A bool tensor picks the elements where it is true; an integer tensor picks positions of its dimension.</summary>
    public static implicit operator TensorIndex(Tensor tensor) => new(TensorIndexKind.Tensor, tensor: tensor);

    readonly record struct PythonSlice(int? Start, int? Stop, int Step)
    {
        internal TensorIndex ToIndex()
        {
            // Open ends of a descending slice have no Index of their own, so they are marked by the kind.
            var start = Start is { } from ? From(from) : Step > 0 ? Index.Start : Index.End;
            var stop = Stop is { } to ? From(to) : Index.End;
            var kind = Stop is null && Step < 0 ? TensorIndexKind.OpenSlice : TensorIndexKind.Slice;
            return new TensorIndex(kind, start, stop, Step);
        }

        static Index From(int position) => position < 0 ? new Index(-position, fromEnd: true) : new Index(position);
    }
}

/// <summary>The kinds of <see cref="TensorIndex"/>.</summary>
enum TensorIndexKind
{
    /// <summary>One position; drops the dimension.</summary>
    Position,

    /// <summary>From start to stop by steps.</summary>
    Slice,

    /// <summary>From start downwards to the very first element.</summary>
    OpenSlice,

    /// <summary>All dimensions left over.</summary>
    Ellipsis,

    /// <summary>A new dimension of length 1.</summary>
    NewAxis,

    /// <summary>Positions or a mask.</summary>
    Tensor,
}
