using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>The upper half of a binary32 number: 8 bits of exponent, 7 of fraction. Conversions round to the nearest, ties to even.</summary>
/// <param name="bits">The 16 bits.</param>
public readonly struct BFloat16(ushort bits) : IEquatable<BFloat16>
{
    /// <summary>The 16 bits.</summary>
    public ushort Bits { get; } = bits;

    /// <summary>The same number as a float32, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>The nearest bfloat16, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        // Rounding must not carry a NaN into infinity: it becomes the quiet NaN of the same sign.
        return float.IsNaN(value)
            ? new((ushort)((bits >> 16) | 0x0040))
            : new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => (float)this == (float)other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString();
}
