using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// The instructions of 128 bits. Those that the compiler knows are called as they are, which leaves it fewer values to follow than going through
/// <see cref="Lanes128{T}"/>. The files of the three widths say the same thing line by line.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed unsafe class Members128<T> : VectorMembers
    where T : unmanaged
{
    internal override Type Type => typeof(Vector128<T>);

    internal override Type Element => typeof(T);

    internal override int Lanes => Vector128<T>.Count;

    internal override MethodInfo Load => ((Loading)Vector128.Load).Method;

    internal override MethodInfo Store => ((Storing)Vector128.Store).Method;

    internal override MethodInfo StoreStreaming => ((Storing)Vector128.StoreAlignedNonTemporal).Method;

    internal override MethodInfo LoadMask => ((MaskLoading)Masked).Method;

    internal override MethodInfo StoreMask => ((MaskStoring)Masked).Method;

    internal override MethodInfo SpreadMask => ((MaskLoading)Spread).Method;

    internal override MethodInfo Broadcast => ((Func<T, Vector128<T>>)Vector128.Create).Method;

    internal override void EmitConstant(ILGenerator il, long bits)
    {
        if (sizeof(T) == sizeof(int))
        {
            il.Emit(OpCodes.Ldc_I4, (int)bits);
            il.Emit(OpCodes.Call, ((Func<int, Vector128<int>>)Vector128.Create).Method);
            if (typeof(T) == typeof(float)) il.Emit(OpCodes.Call, ((Func<Vector128<int>, Vector128<float>>)Vector128.AsSingle).Method);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I8, bits);
            il.Emit(OpCodes.Call, ((Func<long, Vector128<long>>)Vector128.Create).Method);
            if (typeof(T) == typeof(double)) il.Emit(OpCodes.Call, ((Func<Vector128<long>, Vector128<double>>)Vector128.AsDouble).Method);
        }
    }

    internal override MethodInfo Method(Opcode opcode)
    {
        var isFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double);
        Delegate method = opcode switch
        {
            Opcode.Add => (Two)Vector128.Add,
            Opcode.Subtract => (Two)Vector128.Subtract,
            Opcode.Multiply => (Two)Vector128.Multiply,
            Opcode.Divide when isFloating => (Two)Vector128.Divide,
            Opcode.Negate => (One)Vector128.Negate,
            Opcode.And => (Two)Vector128.BitwiseAnd,
            Opcode.Or => (Two)Vector128.BitwiseOr,
            Opcode.Xor => (Two)Vector128.Xor,
            Opcode.Not => (One)Vector128.OnesComplement,
            Opcode.MultiplyAdd when typeof(T) == typeof(float) => (Func<Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>>)Vector128.FusedMultiplyAdd,
            Opcode.MultiplyAdd when typeof(T) == typeof(double) => (Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>)Vector128.FusedMultiplyAdd,
            Opcode.Abs => (One)Vector128.Abs,
            Opcode.Sqrt => (One)Vector128.Sqrt,
            Opcode.LessThan => (Two)Vector128.LessThan,
            Opcode.LessThanOrEqual => (Two)Vector128.LessThanOrEqual,
            Opcode.Equal => (Two)Vector128.Equals,
            Opcode.Select => (Three)Vector128.ConditionalSelect,
            Opcode.Divide => (Two)Divide,
            Opcode.MultiplyAdd => (Three)MultiplyAdd,
            Opcode.Maximum => (Two)Maximum,
            Opcode.Minimum => (Two)Minimum,
            Opcode.Clamp => (Three)Clamp,
            Opcode.Floor => (One)Floor,
            Opcode.Ceiling => (One)Ceiling,
            Opcode.Truncate => (One)Truncate,
            Opcode.Round => (One)Round,
            Opcode.ShiftLeft => (Shifting)ShiftLeft,
            Opcode.ShiftRightLogical => (Shifting)ShiftRightLogical,
            Opcode.ShiftLeftBy => (Two)ShiftLeft,
            Opcode.ShiftRightBy => (Two)ShiftRight,
            Opcode.AddBits => (Two)AddBits,
            Opcode.SubtractBits => (Two)SubtractBits,
            Opcode.FloorDivide => (Two)FloorDivide,
            Opcode.FloorModulo => (Two)FloorModulo,
            Opcode.TruncateModulo => (Two)TruncateModulo,
            Opcode.ScaleB => (Two)ScaleB,
            _ => throw new ArgumentException($"{opcode} is no instruction of a vector."),
        };
        return method.Method;
    }

    internal override MethodInfo PerLane<TFunction>() => ((One)CallPerLane<TFunction>).Method;

    internal override MethodInfo PerLane2<TFunction>() => ((Two)CallPerLane2<TFunction>).Method;

    internal override MethodInfo PerLaneWhere<TFunction>() => ((Three)CallPerLaneWhere<TFunction>).Method;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Masked(byte* source) => Lanes128<T>.LoadMask(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Masked(Vector128<T> mask, byte* destination) => Lanes128<T>.StoreMask(new(mask), destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Spread(byte* source) => Masks<Lanes128<T>, T>.Spread(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Floor(Vector128<T> value) => Lanes128<T>.Floor(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Ceiling(Vector128<T> value) => Lanes128<T>.Ceiling(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Truncate(Vector128<T> value) => Lanes128<T>.Truncate(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Round(Vector128<T> value) => Lanes128<T>.Round(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Maximum(Vector128<T> left, Vector128<T> right) => Lanes128<T>.Maximum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Minimum(Vector128<T> left, Vector128<T> right) => Lanes128<T>.Minimum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> ShiftLeft(Vector128<T> left, Vector128<T> right) => Lanes128<T>.ShiftLeft(new(left), new Lanes128<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> ShiftRight(Vector128<T> left, Vector128<T> right) => Lanes128<T>.ShiftRight(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> AddBits(Vector128<T> left, Vector128<T> right) => Lanes128<T>.AddBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> SubtractBits(Vector128<T> left, Vector128<T> right) => Lanes128<T>.SubtractBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> FloorDivide(Vector128<T> left, Vector128<T> right) => Lanes128<T>.FloorDivide(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> FloorModulo(Vector128<T> left, Vector128<T> right) => Lanes128<T>.FloorModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> TruncateModulo(Vector128<T> left, Vector128<T> right) => Lanes128<T>.TruncateModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> ScaleB(Vector128<T> left, Vector128<T> right) => Lanes128<T>.ScaleB(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Divide(Vector128<T> left, Vector128<T> right) => (new Lanes128<T>(left) / new Lanes128<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> addend) => Lanes128<T>.MultiplyAdd(new(left), new(right), new(addend)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Clamp(Vector128<T> value, Vector128<T> low, Vector128<T> high) => Lanes128<T>.Clamp(new(value), new(low), new(high)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> ShiftLeft(Vector128<T> value, int count) => Lanes128<T>.ShiftLeft(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> ShiftRightLogical(Vector128<T> value, int count) => Lanes128<T>.ShiftRightLogical(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> CallPerLane<TFunction>(Vector128<T> value)
        where TFunction : struct, IScalarFunction => Lanes128<T>.PerLane<TFunction>(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> CallPerLane2<TFunction>(Vector128<T> left, Vector128<T> right)
        where TFunction : struct, IScalarFunction2 => Lanes128<T>.PerLane2<TFunction>(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> CallPerLaneWhere<TFunction>(Vector128<T> mask, Vector128<T> value, Vector128<T> otherwise)
        where TFunction : struct, IScalarFunction => Lanes128<T>.PerLaneWhere<TFunction>(new(mask), new(value), new(otherwise)).Value;

    delegate Vector128<T> Loading(T* source);

    delegate void Storing(Vector128<T> value, T* destination);

    delegate Vector128<T> MaskLoading(byte* source);

    delegate void MaskStoring(Vector128<T> mask, byte* destination);

    delegate Vector128<T> Shifting(Vector128<T> value, int count);

    delegate Vector128<T> One(Vector128<T> value);

    delegate Vector128<T> Two(Vector128<T> left, Vector128<T> right);

    delegate Vector128<T> Three(Vector128<T> a, Vector128<T> b, Vector128<T> c);
}
