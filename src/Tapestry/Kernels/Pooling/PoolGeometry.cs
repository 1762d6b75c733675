using System.Diagnostics;
using Tapestry.Kernels.Conv;

namespace Tapestry.Kernels.Pooling;

/// <summary>The shape of a pooling over [batch, spatial…, channels]: output[o] combines input[o · stride + t · dilation − pad] over the taps t of a window.</summary>
struct PoolGeometry
{
    internal int Batch, Channels;
    internal Spatial Input, Window, Output, Strides, Dilations, PadBefore;

    internal readonly long InputLength => (long)Batch * Input[0] * Input[1] * Input[2] * Channels;

    internal readonly long OutputLength => (long)Batch * Output[0] * Output[1] * Output[2] * Channels;

    /// <summary>A geometry of one to three spatial dimensions; all lists have the same length.</summary>
    internal static PoolGeometry Create(
        int batch, ReadOnlySpan<int> input, int channels, ReadOnlySpan<int> window, ReadOnlySpan<int> strides, ReadOnlySpan<int> dilations, ReadOnlySpan<int> padBefore,
        ReadOnlySpan<int> output)
    {
        Debug.Assert(window.IndexOf(0) < 0, "A window has at least one tap per dimension.");
        return new PoolGeometry
        {
            Batch = batch,
            Channels = channels,
            Input = Spatial.From(input, 1),
            Window = Spatial.From(window, 1),
            Output = Spatial.From(output, 1),
            Strides = Spatial.From(strides, 1),
            Dilations = Spatial.From(dilations, 1),
            PadBefore = Spatial.From(padBefore, 0),
        };
    }

    /// <summary>The taps of the window at output position <paramref name="output"/> that lie inside the input along one dimension: from first (inclusive) to end (exclusive).</summary>
    internal readonly void ValidTaps(int dimension, int output, out int start, out int first, out int end)
    {
        int dilation = Dilations[dimension];
        start = output * Strides[dimension] - PadBefore[dimension];
        if (start >= 0 && start + ((Window[dimension] - 1) * dilation) < Input[dimension])
        {
            // Most windows, and no division.
            (first, end) = (0, Window[dimension]);
            return;
        }

        first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
        end = start >= Input[dimension] ? 0 : Math.Min(Window[dimension], (Input[dimension] - start + dilation - 1) / dilation);
        first = Math.Min(first, end);
    }

    /// <summary>True when no two windows share a tap and none lies between them.</summary>
    internal readonly bool IsSideBySide => IsSideBySideAlong(0) && IsSideBySideAlong(1) && IsSideBySideAlong(2);

    /// <summary>True when windows that lie side by side leave nothing of the input out.</summary>
    internal readonly bool IsCovered => CoveredEnd(0) == Input[0] && CoveredEnd(1) == Input[1] && CoveredEnd(2) == Input[2];

    /// <summary>Where the part of a dimension ends that windows cover which lie side by side.</summary>
    internal readonly int CoveredEnd(int dimension) => Math.Min(Input[dimension], (Output[dimension] * Strides[dimension]) - PadBefore[dimension]);

    /// <summary>Behind the last element of a dimension that the windows up to an output position reach.</summary>
    internal readonly int ReachedEnd(int dimension, int output) =>
        Math.Clamp((output * Strides[dimension]) - PadBefore[dimension] + ((Window[dimension] - 1) * Dilations[dimension]) + 1, 0, Input[dimension]);

    readonly bool IsSideBySideAlong(int dimension) => Strides[dimension] == Window[dimension] && Dilations[dimension] == 1;
}
