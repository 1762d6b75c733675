using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// The instructions of 512 bits. Those that the compiler knows are called as they are, which leaves it fewer values to follow than going through
/// <see cref="Lanes512{T}"/>. The files of the three widths say the same thing line by line.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed unsafe class Members512<T> : VectorMembers
    where T : unmanaged
{
    internal override Type Type => typeof(Vector512<T>);

    internal override Type Element => typeof(T);

    internal override int Lanes => Vector512<T>.Count;

    internal override MethodInfo Load => ((Loading)Vector512.Load).Method;

    internal override MethodInfo Store => ((Storing)Vector512.Store).Method;

    internal override MethodInfo StoreStreaming => ((Storing)Vector512.StoreAlignedNonTemporal).Method;

    internal override MethodInfo LoadMask => ((MaskLoading)Masked).Method;

    internal override MethodInfo StoreMask => ((MaskStoring)Masked).Method;

    internal override MethodInfo SpreadMask => ((MaskLoading)Spread).Method;

    internal override MethodInfo Broadcast => ((Func<T, Vector512<T>>)Vector512.Create).Method;

    internal override void EmitConstant(ILGenerator il, long bits)
    {
        if (sizeof(T) == sizeof(int))
        {
            il.Emit(OpCodes.Ldc_I4, (int)bits);
            il.Emit(OpCodes.Call, ((Func<int, Vector512<int>>)Vector512.Create).Method);
            if (typeof(T) == typeof(float)) il.Emit(OpCodes.Call, ((Func<Vector512<int>, Vector512<float>>)Vector512.AsSingle).Method);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I8, bits);
            il.Emit(OpCodes.Call, ((Func<long, Vector512<long>>)Vector512.Create).Method);
            if (typeof(T) == typeof(double)) il.Emit(OpCodes.Call, ((Func<Vector512<long>, Vector512<double>>)Vector512.AsDouble).Method);
        }
    }

    internal override MethodInfo Method(Opcode opcode)
    {
        var isFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double);
        Delegate method = opcode switch
        {
            Opcode.Add => (Two)Vector512.Add,
            Opcode.Subtract => (Two)Vector512.Subtract,
            Opcode.Multiply => (Two)Vector512.Multiply,
            Opcode.Divide when isFloating => (Two)Vector512.Divide,
            Opcode.Negate => (One)Vector512.Negate,
            Opcode.And => (Two)Vector512.BitwiseAnd,
            Opcode.Or => (Two)Vector512.BitwiseOr,
            Opcode.Xor => (Two)Vector512.Xor,
            Opcode.Not => (One)Vector512.OnesComplement,
            Opcode.MultiplyAdd when typeof(T) == typeof(float) => (Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Vector512.FusedMultiplyAdd,
            Opcode.MultiplyAdd when typeof(T) == typeof(double) => (Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Vector512.FusedMultiplyAdd,
            Opcode.Abs => (One)Vector512.Abs,
            Opcode.Sqrt => (One)Vector512.Sqrt,
            Opcode.LessThan => (Two)Vector512.LessThan,
            Opcode.LessThanOrEqual => (Two)Vector512.LessThanOrEqual,
            Opcode.Equal => (Two)Vector512.Equals,
            Opcode.Select => (Three)Vector512.ConditionalSelect,
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
    static Vector512<T> Masked(byte* source) => Lanes512<T>.LoadMask(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Masked(Vector512<T> mask, byte* destination) => Lanes512<T>.StoreMask(new(mask), destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Spread(byte* source) => Masks<Lanes512<T>, T>.Spread(source).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Floor(Vector512<T> value) => Lanes512<T>.Floor(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Ceiling(Vector512<T> value) => Lanes512<T>.Ceiling(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Truncate(Vector512<T> value) => Lanes512<T>.Truncate(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Round(Vector512<T> value) => Lanes512<T>.Round(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Maximum(Vector512<T> left, Vector512<T> right) => Lanes512<T>.Maximum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Minimum(Vector512<T> left, Vector512<T> right) => Lanes512<T>.Minimum(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> ShiftLeft(Vector512<T> left, Vector512<T> right) => Lanes512<T>.ShiftLeft(new(left), new Lanes512<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> ShiftRight(Vector512<T> left, Vector512<T> right) => Lanes512<T>.ShiftRight(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> AddBits(Vector512<T> left, Vector512<T> right) => Lanes512<T>.AddBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> SubtractBits(Vector512<T> left, Vector512<T> right) => Lanes512<T>.SubtractBits(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> FloorDivide(Vector512<T> left, Vector512<T> right) => Lanes512<T>.FloorDivide(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> FloorModulo(Vector512<T> left, Vector512<T> right) => Lanes512<T>.FloorModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> TruncateModulo(Vector512<T> left, Vector512<T> right) => Lanes512<T>.TruncateModulo(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> ScaleB(Vector512<T> left, Vector512<T> right) => Lanes512<T>.ScaleB(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Divide(Vector512<T> left, Vector512<T> right) => (new Lanes512<T>(left) / new Lanes512<T>(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> MultiplyAdd(Vector512<T> left, Vector512<T> right, Vector512<T> addend) => Lanes512<T>.MultiplyAdd(new(left), new(right), new(addend)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Clamp(Vector512<T> value, Vector512<T> low, Vector512<T> high) => Lanes512<T>.Clamp(new(value), new(low), new(high)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> ShiftLeft(Vector512<T> value, int count) => Lanes512<T>.ShiftLeft(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> ShiftRightLogical(Vector512<T> value, int count) => Lanes512<T>.ShiftRightLogical(new(value), count).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> CallPerLane<TFunction>(Vector512<T> value)
        where TFunction : struct, IScalarFunction => Lanes512<T>.PerLane<TFunction>(new(value)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> CallPerLane2<TFunction>(Vector512<T> left, Vector512<T> right)
        where TFunction : struct, IScalarFunction2 => Lanes512<T>.PerLane2<TFunction>(new(left), new(right)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> CallPerLaneWhere<TFunction>(Vector512<T> mask, Vector512<T> value, Vector512<T> otherwise)
        where TFunction : struct, IScalarFunction => Lanes512<T>.PerLaneWhere<TFunction>(new(mask), new(value), new(otherwise)).Value;

    delegate Vector512<T> Loading(T* source);

    delegate void Storing(Vector512<T> value, T* destination);

    delegate Vector512<T> MaskLoading(byte* source);

    delegate void MaskStoring(Vector512<T> mask, byte* destination);

    delegate Vector512<T> Shifting(Vector512<T> value, int count);

    delegate Vector512<T> One(Vector512<T> value);

    delegate Vector512<T> Two(Vector512<T> left, Vector512<T> right);

    delegate Vector512<T> Three(Vector512<T> a, Vector512<T> b, Vector512<T> c);
}
