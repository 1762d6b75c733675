using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;

namespace Tapestry.Kernels.Conv;

/// <summary>Which convolutions go through Winograd's transforms, and how what is transformed lies in memory: questions about shapes, for every width of vectors.</summary>
static class WinogradShape
{
    /// <summary>Points at which polynomials are multiplied, so as many matrices.</summary>
    internal const int Points = 16;

    // Channels come in whole vectors of the widest kind, and in numbers that pay for the transforms.
    const int ChannelMultiple = 16;
    const int LeastChannels = 32;
    const int LeastTilesInAll = 64;

    // 192 × 192 channels take 0.7 of the direct sum's time, 256 × 256 take 1.1 to 1.6 times as long.
    const int LargestGradient = 192 * 256;

    /// <summary>Whether a convolution is of this kind and large enough.</summary>
    internal static bool IsSuitable<T>(in ConvGeometry geometry)
    {
        if (typeof(T) != typeof(float) || geometry.Groups != 1 || geometry.Input[0] != 1 || geometry.Output[0] != 1 || geometry.Filter[0] != 1 || geometry.PadBefore[0] != 0) return false;
        for (var i = 1; i < Spatial.Count; i++)
        {
            if (geometry.Filter[i] != 3 || geometry.Strides[i] != 1 || geometry.Dilations[i] != 1 || geometry.PadBefore[i] > 2) return false;
        }

        return geometry.InputChannels >= LeastChannels && geometry.OutputChannels >= LeastChannels && geometry.InputChannels % ChannelMultiple == 0 && geometry.OutputChannels % ChannelMultiple == 0
            && (long)geometry.Batch * geometry.Output[1] * geometry.Output[2] >= 4 * LeastTilesInAll;
    }

    /// <summary>Whether the gradient of such a filter is summed in transformed form: the sums of larger ones do not fit the caches, and travel for too few tiles at a time.</summary>
    internal static bool SuitsGradient<T>(in ConvGeometry geometry) => (long)geometry.InputChannels * geometry.OutputChannels <= LargestGradient && IsSuitable<T>(geometry);

    /// <summary>From one of the matrices to the next. They are written side by side: at a distance of whole pages all their lines would have the same few places in the caches.</summary>
    internal static nint Apart<T>(nint elements)
        where T : unmanaged => elements + 5 * 64 / Unsafe.SizeOf<T>();

    /// <summary>Elements from one packed matrix of a filter to the next.</summary>
    internal static nint PackedSize<T>(int steps, int columns, int panelWidth)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => Apart<T>((nint)steps * PackedProduct<T>.Width(columns, panelWidth));
}
