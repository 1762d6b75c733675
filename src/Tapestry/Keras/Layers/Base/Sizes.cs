using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry.Keras;

/// <summary>One number for all spatial dimensions, or one for each: <c>3</c> or <c>[3, 5]</c>.</summary>
[CollectionBuilder(typeof(Sizes), nameof(Create))]
public readonly struct Sizes : IEnumerable<int>
{
    readonly int[]? numbers;

    Sizes(int[] numbers)
    {
        this.numbers = numbers;
    }

    /// <summary>The same number for all dimensions.</summary>
    public static implicit operator Sizes(int size) => new([size]);

    /// <summary>A number for each dimension.</summary>
    public static implicit operator Sizes(int[] sizes) => new([.. sizes]);

    /// <summary>A number for each dimension.</summary>
    /// <param name="sizes">The numbers.</param>
    public static Sizes Create(ReadOnlySpan<int> sizes) => new(sizes.ToArray());

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(numbers ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One positive number for each of some dimensions.</summary>
    internal int[] For(string subject, string argument, int rank)
    {
        var given = numbers ?? [];
        if ((given.Length != 1 && given.Length != rank) || given.Any(number => number <= 0)) throw new TapestryException(subject, $"{argument} does not fit", string.Join(", ", given), $"one positive number, or {rank}");
        return given.Length == rank ? [.. given] : [.. Enumerable.Repeat(given[0], rank)];
    }

    /// <summary>The format of images, with the default put in.</summary>
    internal static string Format(string subject, string? dataFormat) => dataFormat is null or "channels_last" or "channels_first" ? dataFormat ?? "channels_last"
        : throw new TapestryException(subject, "unknown dataFormat", $"\"{dataFormat}\"", "\"channels_last\" or \"channels_first\"");

    /// <summary>A padding in small letters.</summary>
    internal static string Padding(string subject, string padding, bool causal = false) => padding.ToLowerInvariant() is var given && (given is "valid" or "same" || (causal && given == "causal")) ? given
        : throw new TapestryException(subject, "unknown padding", $"\"{padding}\"", causal ? "\"valid\", \"same\" or \"causal\"" : "\"valid\" or \"same\"");
}
