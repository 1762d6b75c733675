using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tapestry.Kernels.Memory;

namespace Tapestry;

/// <summary>
/// An immutable array of any rank. Elements lie in C order (the last dimension runs fastest). Tensors need no disposal and may be
/// used from any thread.
/// </summary>
/// <remarks>
/// Arithmetic comes from <c>Ops</c>, whose operations are also operators and methods here. Numbers convert by themselves:
/// in <c>x * 2</c> the 2 takes the dtype of <c>x</c>, as Python's numbers do in TensorFlow. A <em>symbolic</em> tensor stands
/// for a value that is not there yet: inside a traced <c>Function</c>, or between the layers of a functional model. The only class derived
/// from this one is the <c>Input</c> of such models; all constructors are internal.
/// </remarks>
[DebuggerDisplay("{Describe(),nq}")]
public class Tensor
{
    byte[]? data;
    int offset;
    object? owner;

    /// <summary>Creates a tensor over existing memory.</summary>
    internal Tensor(DType dtype, Shape shape, byte[]? data, int offset, object? owner)
    {
        DType = dtype;
        Shape = shape;
        this.data = data;
        this.offset = offset;
        this.owner = owner;
    }

    /// <summary>Creates a tensor of which only some rows are not zero; it gets memory when it is read.</summary>
    internal Tensor(TensorSpec spec, RowList rows)
    {
        DType = spec.DType;
        Shape = spec.Shape;
        owner = rows;
    }

    /// <summary>Creates a symbolic tensor.</summary>
    internal Tensor(TensorSpec spec, Symbol symbol)
    {
        DType = spec.DType;
        Shape = spec.Shape;
        Symbol = symbol;
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The dimensions. Those of a symbolic tensor may be unknown.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements; -1 when a dimension is unknown.</summary>
    public int Size => Shape.Size;

    /// <summary>True for a tensor without values: inside a traced function or between the layers of a functional model.</summary>
    public bool IsSymbolic => Symbol is not null;

    /// <summary>Where the values live.</summary>
    public Device Device => Device.Cpu;

    /// <summary>Dtype and shape as one value.</summary>
    public TensorSpec Spec => new(Shape, DType);

    /// <summary>What this tensor stands for when it has no values; null otherwise.</summary>
    internal Symbol? Symbol { get; }

    /// <summary>The number under which tapes know this tensor; 0 until one looks at it.</summary>
    internal long RecordId;

    /// <summary>How the tensor takes part in dtype promotion: numbers written in C# adapt to the tensors they meet.</summary>
    internal ScalarKind Weakness { get; private init; }

    /// <summary>What layers attach to a tensor: the mask of Keras.</summary>
    internal Tensor? Mask { get; set; }

    /// <summary>What activations attach to probabilities: the numbers they were made from, so that a loss need not undo it.</summary>
    internal LogitSource? Logits { get; set; }

    /// <summary>A float32 scalar that adapts its dtype to the tensors it meets.</summary>
    public static implicit operator Tensor(float value) => Weak(DType.DefaultFloat, ScalarKind.Floating, value);

    /// <summary>A floating-point scalar (of <see cref="DType.DefaultFloat"/> on its own) that adapts its dtype to the tensors it meets.</summary>
    public static implicit operator Tensor(double value) => Weak(DType.DefaultFloat, ScalarKind.Floating, value);

    /// <summary>An int32 scalar that adapts its dtype to the tensors it meets.</summary>
    public static implicit operator Tensor(int value) => Weak(DType.Int32, ScalarKind.Integer, value);

    /// <summary>An int64 scalar.</summary>
    public static implicit operator Tensor(long value) => TensorFactory.Scalar(DType.Int64, value);

    /// <summary>A bool scalar.</summary>
    public static implicit operator Tensor(bool value) => TensorFactory.Scalar(DType.Bool, value ? 1 : 0);

    /// <summary>A string scalar.</summary>
    public static implicit operator Tensor(string value) => TensorFactory.Strings([value], Shape.Scalar);

    /// <summary>A tensor with the elements of an array of any rank; arrays of arrays of equal lengths count as one of higher rank.</summary>
    /// <exception cref="TapestryException">The element type has no dtype, or the lengths differ.</exception>
    public static implicit operator Tensor(Array values) => TensorFactory.FromArray(values);

    /// <summary>The value of a tensor with one element.</summary>
    public static explicit operator float(Tensor tensor) => tensor.Item<float>();

    /// <summary>The value of a tensor with one element.</summary>
    public static explicit operator double(Tensor tensor) => tensor.Item<double>();

    /// <summary>The value of a tensor with one element.</summary>
    public static explicit operator int(Tensor tensor) => tensor.Item<int>();

    /// <summary>The value of a tensor with one element.</summary>
    public static explicit operator long(Tensor tensor) => tensor.Item<long>();

    /// <summary>The truth of a tensor with one element: whether it is not zero.</summary>
    public static explicit operator bool(Tensor tensor) => tensor.Item<bool>();

    /// <summary>Part of the tensor by one index for each leading dimension: numbers, <c>^1</c>, ranges, <see cref="TensorIndex.Slice"/>, <see cref="TensorIndex.Ellipsis"/>,
    /// <see cref="TensorIndex.NewAxis"/>, integer tensors, bool masks.</summary>
    /// <exception cref="TapestryException">There are more indices than dimensions, or a position does not exist.</exception>
    [IndexerName("Part")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices] => Ops.GetItem(this, indices);

    /// <summary>The value of a tensor with one element, converted to <typeparamref name="T"/> when it has another dtype.</summary>
    /// <typeparam name="T">A .NET number type, <see cref="bool"/> or <see cref="string"/>.</typeparam>
    /// <exception cref="TapestryException">There is not exactly one element, or the tensor is symbolic.</exception>
    public T Item<T>() => TensorReader.Item<T>(this);

    /// <summary>A copy of the elements in C order.</summary>
    /// <typeparam name="T">The .NET type of the dtype (<see cref="DType.ClrType"/>).</typeparam>
    /// <exception cref="TapestryException"><typeparamref name="T"/> is not the type of the elements, or the tensor is symbolic.</exception>
    public T[] ToArray<T>() => TensorReader.ToArray<T>(this);

    /// <summary>A copy of the elements as an array of the same rank, for example <c>float[,]</c>; of a scalar, an array of one element.</summary>
    public Array ToArray() => TensorReader.ToArray(this);

    /// <summary>The elements in C order, without a copy.</summary>
    /// <typeparam name="T">The .NET type of the dtype.</typeparam>
    /// <exception cref="TapestryException"><typeparamref name="T"/> is not the type of the elements, or the tensor is symbolic.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        TensorReader.RequireElements<T>(this);
        var elements = Elements<T>();
        (Keeper as PooledBlock)?.Expose();
        return elements;
    }

    /// <summary>The elements with their shape, without a copy, for exchange with other .NET libraries.</summary>
    /// <typeparam name="T">The .NET type of the dtype.</typeparam>
    /// <exception cref="TapestryException"><typeparamref name="T"/> is not the type of the elements, or the tensor is symbolic.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged
    {
        var lengths = new nint[Rank];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = Shape[i];
        return new ReadOnlyTensorSpan<T>(AsSpan<T>(), lengths);
    }

    /// <summary>The tensor as TensorFlow prints it: <c>tf.Tensor([1. 2.], shape=(2,), dtype=float32)</c>.</summary>
    public override string ToString() => TensorPrinter.Print(this);

    /// <summary>The elements. The caller keeps the tensor alive while it uses the span.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<T> Elements<T>()
        where T : unmanaged
    {
        Debug.Assert(Unsafe.SizeOf<T>() == DType.Size, "only values of the right size can be read");
        // The array first: where it begins is settled before it is seen.
        ref var start = ref MemoryMarshal.GetArrayDataReference(Memory);
        ref var first = ref Unsafe.As<byte, T>(ref Unsafe.Add(ref start, offset));
        return MemoryMarshal.CreateSpan(ref first, Shape.Size);
    }

    /// <summary>The elements as bytes.</summary>
    internal Span<byte> Bytes => Memory.AsSpan(offset, Shape.Size * DType.Size);

    /// <summary>Whether there is memory behind the tensor; a place-holder of a compiled function has none between calls.</summary>
    internal bool HasMemory => data is not null;

    /// <summary>The rows that the tensor consists of, if it is zero but for some; whether or not it has memory by now.</summary>
    internal RowList? Rows => Symbol is { } symbol ? symbol.Rows : owner as RowList;

    /// <summary>Where the elements begin in their block.</summary>
    internal int Offset => offset;

    /// <summary>The elements of a string tensor.</summary>
    internal string[] Texts => (string[])owner!;

    /// <summary>The exact value of a weak scalar, which its own dtype may not hold.</summary>
    internal double WeakValue => BitConverter.ToDouble(data!, sizeof(double));

    /// <summary>A tensor of undefined content, to be filled by its maker before anyone else sees it.</summary>
    internal static Tensor Allocate(DType dtype, Shape shape)
    {
        if (dtype == DType.String) return new Tensor(dtype, shape, null, 0, new string[shape.Size]);
        var bytes = (long)shape.Size * dtype.Size;
        try
        {
            if (MemorySource.Apart is { } source)
            {
                var piece = source.Take(bytes);
                return new Tensor(dtype, shape, piece.Array, piece.Offset, piece.Owner);
            }

            if (bytes <= BlockPool.Threshold) return new Tensor(dtype, shape, MemorySource.Allocate(bytes, isPinned: false), 0, null);
            var block = BlockPool.Rent(bytes);
            return new Tensor(dtype, shape, block.Array, block.Offset, block);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryFault.OfValue(new TensorSpec(shape, dtype), exception);
        }
    }

    /// <summary>The same elements under another shape of equal size.</summary>
    internal Tensor View(Shape shape) => View(DType, shape);

    /// <summary>The same bytes under another dtype and shape of equal size.</summary>
    internal Tensor View(DType dtype, Shape shape)
    {
        var memory = Provided();
        return new(dtype, shape, memory, offset, Keeper);
    }

    /// <summary>One position of the first dimension, sharing the memory.</summary>
    internal Tensor Row(int row)
    {
        var shape = Shape.Rank == 1 ? Shape.Scalar : Shape[1..];
        if (DType == DType.String) return TensorFactory.Strings(Texts.AsSpan(row * shape.Size, shape.Size), shape);
        var memory = Memory;
        return new Tensor(DType, shape, memory, offset + row * shape.Size * DType.Size, Keeper);
    }

    /// <summary>The same values in memory of its own.</summary>
    internal Tensor Copy()
    {
        var copy = Allocate(DType, Shape);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Copies the values into a tensor of the same dtype and size.</summary>
    internal void CopyTo(Tensor destination)
    {
        if (DType == DType.String) Texts.CopyTo(destination.Texts, 0);
        else Bytes.CopyTo(destination.Bytes);
        GC.KeepAlive(this);
    }

    /// <summary>Whether the elements of two tensors lie in the same memory, wholly or in part.</summary>
    internal bool Overlaps(Tensor other) =>
        data is { } memory && ReferenceEquals(memory, other.data) && offset < other.offset + ((long)other.Shape.Size * other.DType.Size) && other.offset < offset + ((long)Shape.Size * DType.Size);

    /// <summary>Lets a place-holder of a compiled function stand on the memory of another tensor; null lets go of it.</summary>
    internal void Rebind(Tensor? other)
    {
        data = other?.Provided();
        offset = other?.offset ?? 0;
        owner = other?.Keeper;
    }

    // What keeps the memory alive, or holds the texts.
    object? Keeper => owner is RowList rows ? rows.Block : owner;

    byte[] Memory
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref data) ?? Materialize();
    }

    // As Memory, but nothing for texts and for place-holders that are not bound.
    byte[]? Provided() => Volatile.Read(ref data) ?? (owner is RowList ? Materialize() : null);

    [MethodImpl(MethodImplOptions.NoInlining)]
    byte[] Materialize()
    {
        if (owner is not RowList rows) throw new InvalidOperationException("A tensor without values was read.");
        lock (rows)
        {
            if (data is { } ready) return ready;
            var dense = Allocate(DType, Shape);
            rows.Fill(dense);
            rows.Block = dense.owner;
            offset = dense.offset;
            Volatile.Write(ref data, dense.data);
            return dense.data!;
        }
    }

    static Tensor Weak(DType dtype, ScalarKind kind, double value)
    {
        // The scalar in its own dtype first, the exact number behind it.
        var data = new byte[2 * sizeof(double)];
        var tensor = new Tensor(dtype, Shape.Scalar, data, 0, null) { Weakness = kind };
        TensorFactory.Write(tensor, value);
        BitConverter.TryWriteBytes(data.AsSpan(sizeof(double)), value);
        return tensor;
    }

    string Describe() => IsSymbolic ? $"symbolic {Spec}" : Size <= 16 ? ToString() : Spec.ToString();
}
