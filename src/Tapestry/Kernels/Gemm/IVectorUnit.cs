namespace Tapestry.Kernels.Gemm;

/// <summary>The vector instructions a kernel needs, at one width; the kernels are written once over it.</summary>
/// <remarks>
/// Every mention of a member is a call that the just-in-time compiler looks up and inlines anew, which takes it 50 to 80 µs. So large kernels read and write vectors through pointers to them, and what is used most
/// stands last, where the runtime begins to look.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TVector">The vector of elements.</typeparam>
unsafe interface IVectorUnit<T, TVector>
    where T : unmanaged
    where TVector : unmanaged
{
    /// <summary>Rows of a full tile: as many as the registers hold at two vectors a row.</summary>
    static abstract int Rows { get; }

    /// <summary>Bytes of one column of a k block: with long blocks a tile of C is seldom read and written, with short ones a panel of the right operand stays near.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>Bytes of a transposed left operand that a k block takes across all rows: so much stays in the second cache.</summary>
    static abstract int TransposedBytes { get; }

    /// <summary>Whether operands in memory are asked for in advance and the right one is copied in passing by the tiles that read it first. Measured for 256 bits only.</summary>
    static abstract bool FetchesAhead { get; }

    /// <summary>Writes a whole vector past the caches, to a place that is a multiple of its size. Other threads see it after a fence.</summary>
    static abstract void StoreStreaming(T* destination, TVector value);

    /// <summary>Loads the first <paramref name="count"/> elements, touches no other memory, and fills up with zeros.</summary>
    static abstract TVector LoadPartial(T* source, int count);

    /// <summary>Stores the first <paramref name="count"/> elements and touches no other memory.</summary>
    static abstract void StorePartial(T* destination, TVector value, int count);

    static abstract TVector Broadcast(T value);

    /// <summary>One step of a maximum over many: the native comparison, which forgets NaN, and apart from it which elements have met NaN.</summary>
    /// <param name="best">The largest so far; negative infinity at first.</param>
    /// <param name="unordered">Which elements have met NaN; zero at first.</param>
    /// <param name="x">The next value.</param>
    static abstract void Rise(ref TVector best, ref TVector unordered, TVector x);

    /// <summary>The maximum that <see cref="Rise"/> has found; NaN where it has met NaN.</summary>
    static abstract TVector Risen(TVector best, TVector unordered);

    /// <summary>x where x &gt; 0, x · slope elsewhere.</summary>
    static abstract TVector Leaky(TVector x, TVector slope);

    static abstract TVector Divide(TVector x, TVector y);

    /// <summary>The value where the condition &gt; 0, 0 elsewhere.</summary>
    static abstract TVector WherePositive(TVector condition, TVector value);

    /// <summary>
    /// The gradient where x is the maximum (or NaN), 0 elsewhere; what is taken is removed from <paramref name="gradient"/>, so that over a window only the
    /// first maximum receives it.
    /// </summary>
    static abstract TVector Take(TVector x, TVector maximum, ref TVector gradient);

    /// <summary>The sum of the elements, in an order that depends on the width only.</summary>
    static abstract T Sum(TVector x);

    /// <summary>The larger element; NaN if one is NaN.</summary>
    static abstract TVector Maximum(TVector x, TVector y);

    static abstract TVector Zero { get; }

    /// <summary>Elements of a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Subtract(TVector x, TVector y);

    static abstract TVector Add(TVector x, TVector y);

    static abstract void Store(T* destination, TVector value);

    static abstract TVector Load(T* source);

    /// <summary>An element of memory in all places. Read from memory it costs the units that multiply nothing; out of a register it is a shuffle that competes with them. The index is apart so that it becomes part of the instruction.</summary>
    static abstract TVector BroadcastFrom(T* source, nint index);

    /// <summary>x · y + sum, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector sum);
}
