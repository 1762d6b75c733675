using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// The instructions of 256 bits. Those that the compiler knows are called as they are, which leaves it fewer values to follow than going through
/// <see cref="Lanes256{T}"/>. The files of the three widths say the same thing line by line.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed unsafe class Members256<T> : VectorMembers
    where T : unmanaged
{
    internal override Type Type => typeof(Vector256<T>);

    internal override Type Element => typeof(T);

    internal override int Lanes => Vector256<T>.Count;

    internal override MethodInfo Load => ((Loading)Vector256.Load).Method;

    internal override MethodInfo Store => ((Storing)Vector256.Store).Method;

    internal override MethodInfo StoreStreaming => ((Storing)Vector256.StoreAlignedNonTemporal).Method;

    internal override MethodInfo LoadMask => ((MaskLoading)Masked).Method;

    internal override MethodInfo StoreMask => ((MaskStoring)Masked).Method;

    internal override MethodInfo SpreadMask => ((MaskLoading)Spread).Method;

    internal override MethodInfo Broadcast => ((Func<T, Vector256<T>>)Vector256.Create).Method;

    internal override void EmitConstant(ILGenerator il, long bits)
    {
        if (sizeof(T) == sizeof(int))
        {
            il.Emit(OpCodes.Ldc_I4, (int)bits);
            il.Emit(OpCodes.Call, ((Func<int, Vector256<int>>)Vector256.Create).Method);
            if (typeof(T) == typeof(float)) il.Emit(OpCodes.Call, ((Func<Vector256<int>, Vector256<float>>)Vector256.AsSingle).Method);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I8, bits);
            il.Emit(OpCodes.Call, ((Func<long, Vector256<long>>)Vector256.Create).Method);
            if (typeof(T) == typeof(double)) il.Emit(OpCodes.Call, ((Func<Vector256<long>, Vector256<double>>)Vector256.AsDouble).Method);
        }
    }

    internal override MethodInfo Method(Opcode opcode)
    {
        var isFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double);
        Delegate method = opcode switch
        {
            Opcode.Add => (Two)Vector256.Add,
            Opcode.Subtract => (Two)Vector256.Subtract,
            Opcode.Multiply => (Two)Vector256.Multiply,
            Opcode.Divide when isFloating => (Two)Vector256.Divide,
            Opcode.Negate => (One)Vector256.Negate,
            Opcode.And => (Two)Vector256.BitwiseAnd,
            Opcode.Or => (Two)Vector256.BitwiseOr,
            Opcode.Xor => (Two)Vector256.Xor,
            Opcode.Not => (One)Vector256.OnesComplement,
            Opcode.MultiplyAdd when typeof(T) == typeof(float) => (Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.FusedMultiplyAdd,
            Opcode.MultiplyAdd when typeof(T) == typeof(double) => (Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Vector256.FusedMultiplyAdd,
            Opcode.Abs => (One)Vector256.Abs,
            Opcode.Sqrt => (One)Vector256.Sqrt,
            Opcode.LessThan => (Two)Vector256.LessThan,
            Opcode.LessThanOrEqual => (Two)Vector256.LessThanOrEqual,
            Opcode.Equal => (Two)Vector256.Equals,
            Opcode.Select => (Three)Vector256.ConditionalSelect,
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
    static Vector256<T> Masked(byte* source) => Lanes256<T>.LoadMask(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Masked(Vector256<T> mask, byte* destination) => Lanes256<T>.StoreMask(new(mask), destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Spread(byte* source) => Masks<Lanes256<T>, T>.Spread(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Floor(Vector256<T> value) => Lanes256<T>.Floor(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Ceiling(Vector256<T> value) => Lanes256<T>.Ceiling(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Truncate(Vector256<T> value) => Lanes256<T>.Truncate(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Round(Vector256<T> value) => Lanes256<T>.Round(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Maximum(Vector256<T> left, Vector256<T> right) => Lanes256<T>.Maximum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Minimum(Vector256<T> left, Vector256<T> right) => Lanes256<T>.Minimum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> ShiftLeft(Vector256<T> left, Vector256<T> right) => Lanes256<T>.ShiftLeft(new(left), new Lanes256<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> ShiftRight(Vector256<T> left, Vector256<T> right) => Lanes256<T>.ShiftRight(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> AddBits(Vector256<T> left, Vector256<T> right) => Lanes256<T>.AddBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> SubtractBits(Vector256<T> left, Vector256<T> right) => Lanes256<T>.SubtractBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> FloorDivide(Vector256<T> left, Vector256<T> right) => Lanes256<T>.FloorDivide(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> FloorModulo(Vector256<T> left, Vector256<T> right) => Lanes256<T>.FloorModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> TruncateModulo(Vector256<T> left, Vector256<T> right) => Lanes256<T>.TruncateModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> ScaleB(Vector256<T> left, Vector256<T> right) => Lanes256<T>.ScaleB(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Divide(Vector256<T> left, Vector256<T> right) => (new Lanes256<T>(left) / new Lanes256<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> MultiplyAdd(Vector256<T> left, Vector256<T> right, Vector256<T> addend) => Lanes256<T>.MultiplyAdd(new(left), new(right), new(addend)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Clamp(Vector256<T> value, Vector256<T> low, Vector256<T> high) => Lanes256<T>.Clamp(new(value), new(low), new(high)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> ShiftLeft(Vector256<T> value, int count) => Lanes256<T>.ShiftLeft(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> ShiftRightLogical(Vector256<T> value, int count) => Lanes256<T>.ShiftRightLogical(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> CallPerLane<TFunction>(Vector256<T> value)
        where TFunction : struct, IScalarFunction => Lanes256<T>.PerLane<TFunction>(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> CallPerLane2<TFunction>(Vector256<T> left, Vector256<T> right)
        where TFunction : struct, IScalarFunction2 => Lanes256<T>.PerLane2<TFunction>(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> CallPerLaneWhere<TFunction>(Vector256<T> mask, Vector256<T> value, Vector256<T> otherwise)
        where TFunction : struct, IScalarFunction => Lanes256<T>.PerLaneWhere<TFunction>(new(mask), new(value), new(otherwise)).Value;

    delegate Vector256<T> Loading(T* source);

    delegate void Storing(Vector256<T> value, T* destination);

    delegate Vector256<T> MaskLoading(byte* source);

    delegate void MaskStoring(Vector256<T> mask, byte* destination);

    delegate Vector256<T> Shifting(Vector256<T> value, int count);

    delegate Vector256<T> One(Vector256<T> value);

    delegate Vector256<T> Two(Vector256<T> left, Vector256<T> right);

    delegate Vector256<T> Three(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}
