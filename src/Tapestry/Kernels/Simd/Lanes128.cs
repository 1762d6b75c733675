using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Simd;

/// <summary>128 bits of lanes. The files of the three widths say the same thing line by line.</summary>
unsafe struct Lanes128<T> : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    // The operations write it and call no constructor: one more method that the just-in-time compiler would have to inline into each of them.
    Vector128<T> value;

    internal Lanes128(Vector128<T> value) => this.value = value;

    /// <summary>The vector itself.</summary>
    internal readonly Vector128<T> Value => value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    public static ElementKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Element<T>.Kind;
    }

    public static Lanes128<T> Lowest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector128.Create(Element<T>.Lowest) };
    }

    public static Lanes128<T> Highest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector128.Create(Element<T>.Highest) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Create(double value) => new() { value = Vector128.Create(Element<T>.FromDouble(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Create(long value) => new() { value = Vector128.Create(Element<T>.FromLong(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> CreateBits(long bits) => new() { value = Vector128.Create(Element<T>.FromBits(bits)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Broadcast(T value) => new() { value = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* source) => new() { value = Vector128.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128<T> value, T* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Lanes128<T> value, T* destination) => value.value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Lanes128<T> mask, byte* destination)
    {
        if (sizeof(T) == 1) (mask.value.AsByte() & Vector128<byte>.One).Store(destination);
        else MaskBytes.Spread(mask.value.ExtractMostSignificantBits(), Count, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Upper(Lanes128<T> value, int bytes)
    {
        var low = value.value;
        if (bytes == 8) return new() { value = Vector128.Shuffle(low.As<T, long>(), Vector128.Create(1L, 1L)).As<long, T>() };
        if (bytes == 4) return new() { value = Vector128.Shuffle(low.As<T, int>(), Vector128.Create(1)).As<int, T>() };
        if (bytes == 2) return new() { value = Vector128.Shuffle(low.As<T, short>(), Vector128.Create((short)1)).As<short, T>() };
        return new() { value = Vector128.Shuffle(low.As<T, byte>(), Vector128.Create((byte)1)).As<byte, T>() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LoadMask(byte* source)
    {
        if (sizeof(T) == 1) return new() { value = (~Vector128.Equals(Vector128.Load(source), Vector128<byte>.Zero)).As<byte, T>() };
        if (sizeof(T) == 2)
        {
            var bytes = Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte();
            return new() { value = (~Vector128.Equals(Vector128.WidenLower(bytes), Vector128<ushort>.Zero)).As<ushort, T>() };
        }
        if (sizeof(T) == 4)
        {
            var bytes = Vector128.CreateScalarUnsafe(*(uint*)source).AsByte();
            return new() { value = (~Vector128.Equals(Vector128.WidenLower(Vector128.WidenLower(bytes)), Vector128<uint>.Zero)).As<uint, T>() };
        }
        else
        {
            var bytes = Vector128.CreateScalarUnsafe(*(ushort*)source).AsByte();
            var wide = Vector128.WidenLower(Vector128.WidenLower(Vector128.WidenLower(bytes)));
            return new() { value = (~Vector128.Equals(wide, Vector128<ulong>.Zero)).As<ulong, T>() };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value + right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value - right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value * right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> left, Lanes128<T> right)
        => Element<T>.IsFloating ? new() { value = left.value / right.value } : LaneByLane<Lanes128<T>, T>.Divide(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> value) => new() { value = -value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator &(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value & right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator |(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value | right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ^(Lanes128<T> left, Lanes128<T> right) => new() { value = left.value ^ right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ~(Lanes128<T> value) => new() { value = ~value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> left, Lanes128<T> right, Lanes128<T> addend)
    {
        if (typeof(T) == typeof(float))
            return new() { value = Vector128.FusedMultiplyAdd(left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double))
            return new() { value = Vector128.FusedMultiplyAdd(left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>() };
        return new() { value = left.value * right.value + addend.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Abs(Lanes128<T> value) => new() { value = Vector128.Abs(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Maximum(Lanes128<T> left, Lanes128<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector128.Max(left.value, right.value) };
        // The native instruction answers its second operand when either is NaN, so only a NaN on the left needs help.
        return new() { value = Vector128.ConditionalSelect(Vector128.Equals(left.value, left.value), NativeMaximum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Minimum(Lanes128<T> left, Lanes128<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector128.Min(left.value, right.value) };
        return new() { value = Vector128.ConditionalSelect(Vector128.Equals(left.value, left.value), NativeMinimum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Clamp(Lanes128<T> value, Lanes128<T> low, Lanes128<T> high)
        => new() { value = NativeMinimum(high.value, NativeMaximum(low.value, value.value)) };

    // "left > right ? left : right" in one instruction where the platform promises just that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> NativeMaximum(Vector128<T> left, Vector128<T> right) => Vector128.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector128.MaxNative(left, right)
        : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> NativeMinimum(Vector128<T> left, Vector128<T> right) => Vector128.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector128.MinNative(left, right)
        : Vector128.ConditionalSelect(Vector128.LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> value) => new() { value = Vector128.Sqrt(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Floor(Lanes128<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector128.Floor(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector128.Floor(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Ceiling(Lanes128<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector128.Ceiling(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector128.Ceiling(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Truncate(Lanes128<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector128.Truncate(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector128.Truncate(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Round(Lanes128<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector128.Round(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector128.Round(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LessThan(Lanes128<T> left, Lanes128<T> right) => new() { value = Vector128.LessThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LessThanOrEqual(Lanes128<T> left, Lanes128<T> right) => new() { value = Vector128.LessThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> GreaterThan(Lanes128<T> left, Lanes128<T> right) => new() { value = Vector128.GreaterThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> GreaterThanOrEqual(Lanes128<T> left, Lanes128<T> right) => new() { value = Vector128.GreaterThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Equal(Lanes128<T> left, Lanes128<T> right) => new() { value = Vector128.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> NotEqual(Lanes128<T> left, Lanes128<T> right) => new() { value = ~Vector128.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Select(Lanes128<T> mask, Lanes128<T> whenTrue, Lanes128<T> whenFalse)
        => new() { value = Vector128.ConditionalSelect(mask.value, whenTrue.value, whenFalse.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> ShiftLeft(Lanes128<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() << count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() << count).As<ulong, T>() };
        return new() { value = value.value << count };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> ShiftRightLogical(Lanes128<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() >>> count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() >>> count).As<ulong, T>() };
        return new() { value = value.value >>> count };
    }

    public static Lanes128<T> ShiftLeft(Lanes128<T> value, Lanes128<T> counts) => LaneByLane<Lanes128<T>, T>.ShiftLeft(value, counts);

    public static Lanes128<T> ShiftRight(Lanes128<T> value, Lanes128<T> counts) => LaneByLane<Lanes128<T>, T>.ShiftRight(value, counts);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> AddBits(Lanes128<T> left, Lanes128<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() + right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() + right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value + right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> SubtractBits(Lanes128<T> left, Lanes128<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() - right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() - right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value - right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> ScaleB(Lanes128<T> value, Lanes128<T> exponent)
    {
        if (Avx512F.VL.IsSupported && typeof(T) == typeof(float))
            return new() { value = Avx512F.VL.Scale(value.value.AsSingle(), exponent.value.AsSingle()).As<float, T>() };
        if (Avx512F.VL.IsSupported && typeof(T) == typeof(double))
            return new() { value = Avx512F.VL.Scale(value.value.AsDouble(), exponent.value.AsDouble()).As<double, T>() };
        return VectorMath.ScaleB(value, exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> FloorDivide(Lanes128<T> left, Lanes128<T> right)
        => Element<T>.IsFloating ? Floor(new() { value = left.value / right.value }) : LaneByLane<Lanes128<T>, T>.FloorDivide(left, right);

    public static Lanes128<T> FloorModulo(Lanes128<T> left, Lanes128<T> right) => LaneByLane<Lanes128<T>, T>.FloorModulo(left, right);

    public static Lanes128<T> TruncateModulo(Lanes128<T> left, Lanes128<T> right) => LaneByLane<Lanes128<T>, T>.TruncateModulo(left, right);

    public static Lanes128<T> PerLane<TFunction>(Lanes128<T> value) where TFunction : struct, IScalarFunction
        => LaneByLane<Lanes128<T>, T>.Call<TFunction>(value);

    public static Lanes128<T> PerLane2<TFunction>(Lanes128<T> left, Lanes128<T> right) where TFunction : struct, IScalarFunction2
        => LaneByLane<Lanes128<T>, T>.Call2<TFunction>(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> PerLaneWhere<TFunction>(Lanes128<T> mask, Lanes128<T> value, Lanes128<T> otherwise) where TFunction : struct, IScalarFunction
    {
        if (mask.value.ExtractMostSignificantBits() == 0) return otherwise;
        return LaneByLane<Lanes128<T>, T>.CallWhere<TFunction>(mask, value, otherwise);
    }
}
