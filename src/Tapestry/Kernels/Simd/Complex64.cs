using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>A complex number of two binary32 parts, as stored. Computation goes through <see cref="Complex"/>.</summary>
readonly struct Complex64(float real, float imaginary) : IEquatable<Complex64>
{
    public float Real { get; } = real;

    public float Imaginary { get; } = imaginary;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Complex(Complex64 value) => new(value.Real, value.Imaginary);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator Complex64(Complex value) => new((float)value.Real, (float)value.Imaginary);

    public bool Equals(Complex64 other) => Real == other.Real && Imaginary == other.Imaginary;

    public override bool Equals(object? obj) => obj is Complex64 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Real, Imaginary);

    public override string ToString() => ((Complex)this).ToString();
}
