using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Simd;

/// <summary>512 bits of lanes. The files of the three widths say the same thing line by line.</summary>
unsafe struct Lanes512<T> : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    // The operations write it and call no constructor: one more method that the just-in-time compiler would have to inline into each of them.
    Vector512<T> value;

    internal Lanes512(Vector512<T> value) => this.value = value;

    /// <summary>The vector itself.</summary>
    internal readonly Vector512<T> Value => value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Count;
    }

    public static ElementKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Element<T>.Kind;
    }

    public static Lanes512<T> Lowest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector512.Create(Element<T>.Lowest) };
    }

    public static Lanes512<T> Highest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector512.Create(Element<T>.Highest) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Create(double value) => new() { value = Vector512.Create(Element<T>.FromDouble(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Create(long value) => new() { value = Vector512.Create(Element<T>.FromLong(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> CreateBits(long bits) => new() { value = Vector512.Create(Element<T>.FromBits(bits)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Broadcast(T value) => new() { value = Vector512.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* source) => new() { value = Vector512.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512<T> value, T* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Lanes512<T> value, T* destination) => value.value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Lanes512<T> mask, byte* destination)
    {
        if (sizeof(T) == 1) (mask.value.AsByte() & Vector512<byte>.One).Store(destination);
        else MaskBytes.Spread(mask.value.ExtractMostSignificantBits(), Count, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Upper(Lanes512<T> value, int bytes)
    {
        if (bytes == 32) return new() { value = value.value.GetUpper().ToVector512Unsafe() };
        if (bytes == 16) return new() { value = value.value.GetLower().GetUpper().ToVector256Unsafe().ToVector512Unsafe() };
        var low = value.value.GetLower().GetLower();
        if (bytes == 8) return new() { value = Vector128.Shuffle(low.As<T, long>(), Vector128.Create(1L, 1L)).As<long, T>().ToVector256Unsafe().ToVector512Unsafe() };
        if (bytes == 4) return new() { value = Vector128.Shuffle(low.As<T, int>(), Vector128.Create(1)).As<int, T>().ToVector256Unsafe().ToVector512Unsafe() };
        if (bytes == 2) return new() { value = Vector128.Shuffle(low.As<T, short>(), Vector128.Create((short)1)).As<short, T>().ToVector256Unsafe().ToVector512Unsafe() };
        return new() { value = Vector128.Shuffle(low.As<T, byte>(), Vector128.Create((byte)1)).As<byte, T>().ToVector256Unsafe().ToVector512Unsafe() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LoadMask(byte* source)
    {
        if (sizeof(T) == 1) return new() { value = (~Vector512.Equals(Vector512.Load(source), Vector512<byte>.Zero)).As<byte, T>() };
        if (sizeof(T) == 2)
        {
            var bytes = Vector256.Load(source).ToVector512Unsafe();
            return new() { value = (~Vector512.Equals(Vector512.WidenLower(bytes), Vector512<ushort>.Zero)).As<ushort, T>() };
        }
        if (sizeof(T) == 4)
        {
            var bytes = Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe();
            return new() { value = (~Vector512.Equals(Vector512.WidenLower(Vector512.WidenLower(bytes)), Vector512<uint>.Zero)).As<uint, T>() };
        }
        else
        {
            var bytes = Vector512.CreateScalarUnsafe(*(ulong*)source).AsByte();
            var wide = Vector512.WidenLower(Vector512.WidenLower(Vector512.WidenLower(bytes)));
            return new() { value = (~Vector512.Equals(wide, Vector512<ulong>.Zero)).As<ulong, T>() };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value + right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value - right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value * right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> left, Lanes512<T> right)
        => Element<T>.IsFloating ? new() { value = left.value / right.value } : LaneByLane<Lanes512<T>, T>.Divide(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> value) => new() { value = -value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator &(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value & right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator |(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value | right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ^(Lanes512<T> left, Lanes512<T> right) => new() { value = left.value ^ right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ~(Lanes512<T> value) => new() { value = ~value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> left, Lanes512<T> right, Lanes512<T> addend)
    {
        if (typeof(T) == typeof(float))
            return new() { value = Vector512.FusedMultiplyAdd(left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double))
            return new() { value = Vector512.FusedMultiplyAdd(left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>() };
        return new() { value = left.value * right.value + addend.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Abs(Lanes512<T> value) => new() { value = Vector512.Abs(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Maximum(Lanes512<T> left, Lanes512<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector512.Max(left.value, right.value) };
        // The native instruction answers its second operand when either is NaN, so only a NaN on the left needs help.
        return new() { value = Vector512.ConditionalSelect(Vector512.Equals(left.value, left.value), NativeMaximum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Minimum(Lanes512<T> left, Lanes512<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector512.Min(left.value, right.value) };
        return new() { value = Vector512.ConditionalSelect(Vector512.Equals(left.value, left.value), NativeMinimum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Clamp(Lanes512<T> value, Lanes512<T> low, Lanes512<T> high)
        => new() { value = NativeMinimum(high.value, NativeMaximum(low.value, value.value)) };

    // "left > right ? left : right" in one instruction where the platform promises just that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> NativeMaximum(Vector512<T> left, Vector512<T> right) => Vector512.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector512.MaxNative(left, right)
        : Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> NativeMinimum(Vector512<T> left, Vector512<T> right) => Vector512.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector512.MinNative(left, right)
        : Vector512.ConditionalSelect(Vector512.LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> value) => new() { value = Vector512.Sqrt(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Floor(Lanes512<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector512.Floor(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector512.Floor(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Ceiling(Lanes512<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector512.Ceiling(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector512.Ceiling(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Truncate(Lanes512<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector512.Truncate(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector512.Truncate(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Round(Lanes512<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector512.Round(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector512.Round(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LessThan(Lanes512<T> left, Lanes512<T> right) => new() { value = Vector512.LessThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LessThanOrEqual(Lanes512<T> left, Lanes512<T> right) => new() { value = Vector512.LessThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> GreaterThan(Lanes512<T> left, Lanes512<T> right) => new() { value = Vector512.GreaterThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> GreaterThanOrEqual(Lanes512<T> left, Lanes512<T> right) => new() { value = Vector512.GreaterThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Equal(Lanes512<T> left, Lanes512<T> right) => new() { value = Vector512.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> NotEqual(Lanes512<T> left, Lanes512<T> right) => new() { value = ~Vector512.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Select(Lanes512<T> mask, Lanes512<T> whenTrue, Lanes512<T> whenFalse)
        => new() { value = Vector512.ConditionalSelect(mask.value, whenTrue.value, whenFalse.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> ShiftLeft(Lanes512<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() << count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() << count).As<ulong, T>() };
        return new() { value = value.value << count };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> ShiftRightLogical(Lanes512<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() >>> count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() >>> count).As<ulong, T>() };
        return new() { value = value.value >>> count };
    }

    public static Lanes512<T> ShiftLeft(Lanes512<T> value, Lanes512<T> counts) => LaneByLane<Lanes512<T>, T>.ShiftLeft(value, counts);

    public static Lanes512<T> ShiftRight(Lanes512<T> value, Lanes512<T> counts) => LaneByLane<Lanes512<T>, T>.ShiftRight(value, counts);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> AddBits(Lanes512<T> left, Lanes512<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() + right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() + right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value + right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> SubtractBits(Lanes512<T> left, Lanes512<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() - right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() - right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value - right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> ScaleB(Lanes512<T> value, Lanes512<T> exponent)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
            return new() { value = Avx512F.Scale(value.value.AsSingle(), exponent.value.AsSingle()).As<float, T>() };
        if (Avx512F.IsSupported && typeof(T) == typeof(double))
            return new() { value = Avx512F.Scale(value.value.AsDouble(), exponent.value.AsDouble()).As<double, T>() };
        return VectorMath.ScaleB(value, exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> FloorDivide(Lanes512<T> left, Lanes512<T> right)
        => Element<T>.IsFloating ? Floor(new() { value = left.value / right.value }) : LaneByLane<Lanes512<T>, T>.FloorDivide(left, right);

    public static Lanes512<T> FloorModulo(Lanes512<T> left, Lanes512<T> right) => LaneByLane<Lanes512<T>, T>.FloorModulo(left, right);

    public static Lanes512<T> TruncateModulo(Lanes512<T> left, Lanes512<T> right) => LaneByLane<Lanes512<T>, T>.TruncateModulo(left, right);

    public static Lanes512<T> PerLane<TFunction>(Lanes512<T> value) where TFunction : struct, IScalarFunction
        => LaneByLane<Lanes512<T>, T>.Call<TFunction>(value);

    public static Lanes512<T> PerLane2<TFunction>(Lanes512<T> left, Lanes512<T> right) where TFunction : struct, IScalarFunction2
        => LaneByLane<Lanes512<T>, T>.Call2<TFunction>(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> PerLaneWhere<TFunction>(Lanes512<T> mask, Lanes512<T> value, Lanes512<T> otherwise) where TFunction : struct, IScalarFunction
    {
        if (mask.value.ExtractMostSignificantBits() == 0) return otherwise;
        return LaneByLane<Lanes512<T>, T>.CallWhere<TFunction>(mask, value, otherwise);
    }
}
