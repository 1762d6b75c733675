namespace Tapestry.Benchmarks.Measuring;

/// <summary>Compares results.</summary>
static class Agreement
{
    /// <summary>Demands that the largest difference is small beside the largest value.</summary>
    /// <param name="what">The name in the error.</param>
    /// <param name="ours">Our values.</param>
    /// <param name="reference">The values of the reference, in the same order.</param>
    /// <param name="tolerance">The largest allowed difference, as a part of the largest value.</param>
    internal static void Require(string what, ReadOnlySpan<float> ours, ReadOnlySpan<float> reference, double tolerance = 1e-5)
    {
        if (ours.Length != reference.Length) throw new DisagreementException($"{what}: {ours.Length} values, libtorch has {reference.Length}.");
        double largest = 0, difference = 0;
        var worst = -1;
        for (var i = 0; i < ours.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)reference[i]));
            var distance = Math.Abs((double)ours[i] - reference[i]);
            if (!(distance <= difference))
            {
                difference = distance;
                worst = i;
                if (double.IsNaN(distance)) break;
            }
        }

        if (difference <= tolerance * largest) return;
        throw new DisagreementException($"{what}: differs by {difference:g3} at {worst} ({ours[worst]:g9}, libtorch {reference[worst]:g9}; largest value {largest:g3}, tolerance {tolerance:g2}).");
    }

    /// <summary>Demands that the mean difference is small beside the mean magnitude.</summary>
    /// <param name="what">The name in the error.</param>
    /// <param name="ours">Our values.</param>
    /// <param name="reference">The values of the reference, in the same order.</param>
    /// <param name="tolerance">The largest allowed mean difference, as a part of the mean magnitude.</param>
    internal static void RequireMean(string what, ReadOnlySpan<float> ours, ReadOnlySpan<float> reference, double tolerance)
    {
        double magnitude = 0, difference = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            magnitude += Math.Abs((double)reference[i]);
            difference += Math.Abs((double)ours[i] - reference[i]);
        }

        if (!(difference <= tolerance * magnitude)) throw new DisagreementException($"{what}: the mean difference is {difference / magnitude:g3} of the mean magnitude, tolerance {tolerance:g2}.");
    }

    /// <summary>Demands equal whole numbers.</summary>
    internal static void Require(string what, ReadOnlySpan<long> ours, ReadOnlySpan<long> reference)
    {
        if (ours.Length == reference.Length && ours.CommonPrefixLength(reference) == ours.Length) return;
        throw new DisagreementException($"{what}: differs at {ours.CommonPrefixLength(reference)} of {ours.Length} ({reference.Length} in libtorch).");
    }
}
