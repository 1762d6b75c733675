using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Simd;

/// <summary>The members of IVec as loop bodies.</summary>
static class Bodies
{
    public readonly struct Exp : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Exp(x);
    }

    public readonly struct Exp2 : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Exp2(x);
    }

    public readonly struct Expm1 : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Expm1(x);
    }

    public readonly struct Log : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Log(x);
    }

    public readonly struct Log2 : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Log2(x);
    }

    public readonly struct Log1p : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Log1p(x);
    }

    public readonly struct Sin : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sin(x);
    }

    public readonly struct Cos : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Cos(x);
    }

    public readonly struct Tan : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Tan(x);
    }

    public readonly struct Asin : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Asin(x);
    }

    public readonly struct Acos : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Acos(x);
    }

    public readonly struct Atan : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Atan(x);
    }

    public readonly struct Sinh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sinh(x);
    }

    public readonly struct Cosh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Cosh(x);
    }

    public readonly struct Tanh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Tanh(x);
    }

    public readonly struct Asinh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Asinh(x);
    }

    public readonly struct Acosh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Acosh(x);
    }

    public readonly struct Atanh : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Atanh(x);
    }

    public readonly struct Sigmoid : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sigmoid(x);
    }

    public readonly struct Erf : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Erf(x);
    }

    public readonly struct Erfc : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Erfc(x);
    }

    public readonly struct ErfInv : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.ErfInv(x);
    }

    public readonly struct LogGamma : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.LogGamma(x);
    }

    public readonly struct Digamma : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Digamma(x);
    }

    public readonly struct Sqrt : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Sqrt(x);
    }

    public readonly struct Rsqrt : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Rsqrt(x);
    }

    public readonly struct Reciprocal : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Reciprocal(x);
    }

    public readonly struct Floor : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Floor(x);
    }

    public readonly struct Ceiling : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Ceiling(x);
    }

    public readonly struct Truncate : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Truncate(x);
    }

    public readonly struct Round : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Round(x);
    }

    public readonly struct Abs : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Abs(x);
    }

    public readonly struct IsNaN : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.IsNaN(x);
    }

    public readonly struct IsFinite : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.IsFinite(x);
    }

    public readonly struct IsInfinite : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.IsInfinite(x);
    }

    public readonly struct Negate : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => -x;
    }

    /// <summary>An attribute as a field.</summary>
    public readonly struct LeakyRelu(double slope) : IUnaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x) where V : struct, IVec<V> => V.Select(V.LessThan(x, V.Create(0L)), x * V.Create(slope), x);
    }

    public readonly struct Pow : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.Pow(x, y);
    }

    public readonly struct Atan2 : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.Atan2(x, y);
    }

    public readonly struct Maximum : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.Maximum(x, y);
    }

    public readonly struct Minimum : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.Minimum(x, y);
    }

    public readonly struct CopySign : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.CopySign(x, y);
    }

    public readonly struct FloorDivide : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.FloorDivide(x, y);
    }

    public readonly struct FloorModulo : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.FloorModulo(x, y);
    }

    public readonly struct TruncateModulo : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.TruncateModulo(x, y);
    }

    public readonly struct LessThan : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.LessThan(x, y);
    }

    public readonly struct LessThanOrEqual : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.LessThanOrEqual(x, y);
    }

    public readonly struct GreaterThan : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.GreaterThan(x, y);
    }

    public readonly struct GreaterThanOrEqual : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.GreaterThanOrEqual(x, y);
    }

    public readonly struct Equal : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.Equal(x, y);
    }

    public readonly struct NotEqual : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.NotEqual(x, y);
    }

    public readonly struct Add : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x + y;
    }

    public readonly struct Subtract : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x - y;
    }

    public readonly struct Multiply : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x * y;
    }

    public readonly struct Divide : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x / y;
    }

    public readonly struct And : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x & y;
    }

    public readonly struct Or : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x | y;
    }

    public readonly struct Xor : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => x ^ y;
    }

    public readonly struct ShiftLeft : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.ShiftLeft(x, y);
    }

    public readonly struct ShiftRight : IBinaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y) where V : struct, IVec<V> => V.ShiftRight(x, y);
    }

    public readonly struct MultiplyAdd : ITernaryBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y, V z) where V : struct, IVec<V> => V.MultiplyAdd(x, y, z);
    }
}
