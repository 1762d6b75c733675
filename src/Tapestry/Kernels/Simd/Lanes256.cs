using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Simd;

/// <summary>256 bits of lanes. The files of the three widths say the same thing line by line.</summary>
unsafe struct Lanes256<T> : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    // The operations write it and call no constructor: one more method that the just-in-time compiler would have to inline into each of them.
    Vector256<T> value;

    internal Lanes256(Vector256<T> value) => this.value = value;

    /// <summary>The vector itself.</summary>
    internal readonly Vector256<T> Value => value;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Count;
    }

    public static ElementKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Element<T>.Kind;
    }

    public static Lanes256<T> Lowest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector256.Create(Element<T>.Lowest) };
    }

    public static Lanes256<T> Highest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = Vector256.Create(Element<T>.Highest) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Create(double value) => new() { value = Vector256.Create(Element<T>.FromDouble(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Create(long value) => new() { value = Vector256.Create(Element<T>.FromLong(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> CreateBits(long bits) => new() { value = Vector256.Create(Element<T>.FromBits(bits)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Broadcast(T value) => new() { value = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* source) => new() { value = Vector256.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256<T> value, T* destination) => value.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(Lanes256<T> value, T* destination) => value.value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMask(Lanes256<T> mask, byte* destination)
    {
        if (sizeof(T) == 1) (mask.value.AsByte() & Vector256<byte>.One).Store(destination);
        else MaskBytes.Spread(mask.value.ExtractMostSignificantBits(), Count, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Upper(Lanes256<T> value, int bytes)
    {
        if (bytes == 16) return new() { value = value.value.GetUpper().ToVector256Unsafe() };
        var low = value.value.GetLower();
        if (bytes == 8) return new() { value = Vector128.Shuffle(low.As<T, long>(), Vector128.Create(1L, 1L)).As<long, T>().ToVector256Unsafe() };
        if (bytes == 4) return new() { value = Vector128.Shuffle(low.As<T, int>(), Vector128.Create(1)).As<int, T>().ToVector256Unsafe() };
        if (bytes == 2) return new() { value = Vector128.Shuffle(low.As<T, short>(), Vector128.Create((short)1)).As<short, T>().ToVector256Unsafe() };
        return new() { value = Vector128.Shuffle(low.As<T, byte>(), Vector128.Create((byte)1)).As<byte, T>().ToVector256Unsafe() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LoadMask(byte* source)
    {
        if (sizeof(T) == 1) return new() { value = (~Vector256.Equals(Vector256.Load(source), Vector256<byte>.Zero)).As<byte, T>() };
        if (sizeof(T) == 2)
        {
            var bytes = Vector128.Load(source).ToVector256Unsafe();
            return new() { value = (~Vector256.Equals(Vector256.WidenLower(bytes), Vector256<ushort>.Zero)).As<ushort, T>() };
        }
        if (sizeof(T) == 4)
        {
            var bytes = Vector256.CreateScalarUnsafe(*(ulong*)source).AsByte();
            return new() { value = (~Vector256.Equals(Vector256.WidenLower(Vector256.WidenLower(bytes)), Vector256<uint>.Zero)).As<uint, T>() };
        }
        else
        {
            var bytes = Vector256.CreateScalarUnsafe(*(uint*)source).AsByte();
            var wide = Vector256.WidenLower(Vector256.WidenLower(Vector256.WidenLower(bytes)));
            return new() { value = (~Vector256.Equals(wide, Vector256<ulong>.Zero)).As<ulong, T>() };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value + right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value - right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value * right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> left, Lanes256<T> right)
        => Element<T>.IsFloating ? new() { value = left.value / right.value } : LaneByLane<Lanes256<T>, T>.Divide(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> value) => new() { value = -value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator &(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value & right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator |(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value | right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ^(Lanes256<T> left, Lanes256<T> right) => new() { value = left.value ^ right.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ~(Lanes256<T> value) => new() { value = ~value.value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> left, Lanes256<T> right, Lanes256<T> addend)
    {
        if (typeof(T) == typeof(float))
            return new() { value = Vector256.FusedMultiplyAdd(left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double))
            return new() { value = Vector256.FusedMultiplyAdd(left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>() };
        return new() { value = left.value * right.value + addend.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Abs(Lanes256<T> value) => new() { value = Vector256.Abs(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Maximum(Lanes256<T> left, Lanes256<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector256.Max(left.value, right.value) };
        // The native instruction answers its second operand when either is NaN, so only a NaN on the left needs help.
        return new() { value = Vector256.ConditionalSelect(Vector256.Equals(left.value, left.value), NativeMaximum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Minimum(Lanes256<T> left, Lanes256<T> right)
    {
        if (!Element<T>.IsFloating) return new() { value = Vector256.Min(left.value, right.value) };
        return new() { value = Vector256.ConditionalSelect(Vector256.Equals(left.value, left.value), NativeMinimum(left.value, right.value), left.value) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Clamp(Lanes256<T> value, Lanes256<T> low, Lanes256<T> high)
        => new() { value = NativeMinimum(high.value, NativeMaximum(low.value, value.value)) };

    // "left > right ? left : right" in one instruction where the platform promises just that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> NativeMaximum(Vector256<T> left, Vector256<T> right) => Vector256.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector256.MaxNative(left, right)
        : Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> NativeMinimum(Vector256<T> left, Vector256<T> right) => Vector256.IsHardwareAccelerated && X86Base.IsSupported
        ? Vector256.MinNative(left, right)
        : Vector256.ConditionalSelect(Vector256.LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> value) => new() { value = Vector256.Sqrt(value.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Floor(Lanes256<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector256.Floor(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector256.Floor(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Ceiling(Lanes256<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector256.Ceiling(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector256.Ceiling(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Truncate(Lanes256<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector256.Truncate(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector256.Truncate(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Round(Lanes256<T> value)
    {
        if (typeof(T) == typeof(float)) return new() { value = Vector256.Round(value.value.AsSingle()).As<float, T>() };
        if (typeof(T) == typeof(double)) return new() { value = Vector256.Round(value.value.AsDouble()).As<double, T>() };
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LessThan(Lanes256<T> left, Lanes256<T> right) => new() { value = Vector256.LessThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LessThanOrEqual(Lanes256<T> left, Lanes256<T> right) => new() { value = Vector256.LessThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> GreaterThan(Lanes256<T> left, Lanes256<T> right) => new() { value = Vector256.GreaterThan(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> GreaterThanOrEqual(Lanes256<T> left, Lanes256<T> right) => new() { value = Vector256.GreaterThanOrEqual(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Equal(Lanes256<T> left, Lanes256<T> right) => new() { value = Vector256.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> NotEqual(Lanes256<T> left, Lanes256<T> right) => new() { value = ~Vector256.Equals(left.value, right.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Select(Lanes256<T> mask, Lanes256<T> whenTrue, Lanes256<T> whenFalse)
        => new() { value = Vector256.ConditionalSelect(mask.value, whenTrue.value, whenFalse.value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> ShiftLeft(Lanes256<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() << count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() << count).As<ulong, T>() };
        return new() { value = value.value << count };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> ShiftRightLogical(Lanes256<T> value, int count)
    {
        if (typeof(T) == typeof(float)) return new() { value = (value.value.AsUInt32() >>> count).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (value.value.AsUInt64() >>> count).As<ulong, T>() };
        return new() { value = value.value >>> count };
    }

    public static Lanes256<T> ShiftLeft(Lanes256<T> value, Lanes256<T> counts) => LaneByLane<Lanes256<T>, T>.ShiftLeft(value, counts);

    public static Lanes256<T> ShiftRight(Lanes256<T> value, Lanes256<T> counts) => LaneByLane<Lanes256<T>, T>.ShiftRight(value, counts);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> AddBits(Lanes256<T> left, Lanes256<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() + right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() + right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value + right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> SubtractBits(Lanes256<T> left, Lanes256<T> right)
    {
        if (typeof(T) == typeof(float)) return new() { value = (left.value.AsUInt32() - right.value.AsUInt32()).As<uint, T>() };
        if (typeof(T) == typeof(double)) return new() { value = (left.value.AsUInt64() - right.value.AsUInt64()).As<ulong, T>() };
        return new() { value = left.value - right.value };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> ScaleB(Lanes256<T> value, Lanes256<T> exponent)
    {
        if (Avx512F.VL.IsSupported && typeof(T) == typeof(float))
            return new() { value = Avx512F.VL.Scale(value.value.AsSingle(), exponent.value.AsSingle()).As<float, T>() };
        if (Avx512F.VL.IsSupported && typeof(T) == typeof(double))
            return new() { value = Avx512F.VL.Scale(value.value.AsDouble(), exponent.value.AsDouble()).As<double, T>() };
        return VectorMath.ScaleB(value, exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> FloorDivide(Lanes256<T> left, Lanes256<T> right)
        => Element<T>.IsFloating ? Floor(new() { value = left.value / right.value }) : LaneByLane<Lanes256<T>, T>.FloorDivide(left, right);

    public static Lanes256<T> FloorModulo(Lanes256<T> left, Lanes256<T> right) => LaneByLane<Lanes256<T>, T>.FloorModulo(left, right);

    public static Lanes256<T> TruncateModulo(Lanes256<T> left, Lanes256<T> right) => LaneByLane<Lanes256<T>, T>.TruncateModulo(left, right);

    public static Lanes256<T> PerLane<TFunction>(Lanes256<T> value) where TFunction : struct, IScalarFunction
        => LaneByLane<Lanes256<T>, T>.Call<TFunction>(value);

    public static Lanes256<T> PerLane2<TFunction>(Lanes256<T> left, Lanes256<T> right) where TFunction : struct, IScalarFunction2
        => LaneByLane<Lanes256<T>, T>.Call2<TFunction>(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> PerLaneWhere<TFunction>(Lanes256<T> mask, Lanes256<T> value, Lanes256<T> otherwise) where TFunction : struct, IScalarFunction
    {
        if (mask.value.ExtractMostSignificantBits() == 0) return otherwise;
        return LaneByLane<Lanes256<T>, T>.CallWhere<TFunction>(mask, value, otherwise);
    }
}
