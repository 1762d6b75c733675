using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>A complex number of two float32 parts, as stored. Computation goes through <see cref="Complex"/>.</summary>
/// <param name="real">The real part.</param>
/// <param name="imaginary">The imaginary part.</param>
public readonly struct Complex64(float real, float imaginary) : IEquatable<Complex64>
{
    /// <summary>The real part.</summary>
    public float Real { get; } = real;

    /// <summary>The imaginary part.</summary>
    public float Imaginary { get; } = imaginary;

    /// <summary>The same number in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Complex(Complex64 value) => new(value.Real, value.Imaginary);

    /// <summary>The number with both parts rounded to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator Complex64(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <inheritdoc/>
    public bool Equals(Complex64 other) => Real == other.Real && Imaginary == other.Imaginary;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Complex64 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Real, Imaginary);

    /// <inheritdoc/>
    public override string ToString() => ((Complex)this).ToString();
}
