using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Conv;

/// <summary>Three numbers, one per spatial dimension (depth, height, width); lower ranks use the last ones and leave neutral values in front.</summary>
[InlineArray(Count)]
struct Spatial
{
    /// <summary>Spatial dimensions of every kernel.</summary>
    internal const int Count = 3;

    int first;

    /// <summary>The values right-aligned, <paramref name="neutral"/> in front.</summary>
    internal static Spatial From(ReadOnlySpan<int> values, int neutral)
    {
        Debug.Assert(values.Length is >= 1 and <= Count, "Between one and three spatial dimensions.");
        Spatial result = default;
        for (int i = 0; i < Count; i++)
            result[i] = i < Count - values.Length ? neutral : values[i - (Count - values.Length)];
        return result;
    }
}

/// <summary>
/// The shape of a convolution over [batch, spatial…, channels] with filters [spatial…, input channels / groups, output channels]:
/// output[o] = Σ over taps f of input[o · stride + f · dilation − pad] · filter[f].
/// </summary>
struct ConvGeometry
{
    internal int Batch;
    internal Spatial Input, Filter, Output, Strides, Dilations, PadBefore;
    internal int InputChannels, OutputChannels, Groups;

    /// <summary>Input channels of one group: the filter's second to last dimension.</summary>
    internal readonly int GroupInputs => InputChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    internal readonly int GroupOutputs => OutputChannels / Groups;

    /// <summary>Whether every group has one input channel, so that channels never mix.</summary>
    internal readonly bool IsDepthwise => Groups == InputChannels && Groups > 1;

    internal readonly long InputLength => (long)Batch * Product(Input) * InputChannels;

    internal readonly long OutputLength => (long)Batch * Product(Output) * OutputChannels;

    internal readonly long FilterLength => Product(Filter) * GroupInputs * OutputChannels;

    /// <summary>A geometry of one to three spatial dimensions; all lists have the same length.</summary>
    internal static ConvGeometry Create(
        int batch, ReadOnlySpan<int> input, int inputChannels, ReadOnlySpan<int> filter, int outputChannels, ReadOnlySpan<int> strides, ReadOnlySpan<int> dilations,
        ReadOnlySpan<int> padBefore, ReadOnlySpan<int> output, int groups = 1)
    {
        Debug.Assert(groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0, "Groups divide both channel counts.");
        return new ConvGeometry
        {
            Batch = batch,
            Input = Spatial.From(input, 1),
            Filter = Spatial.From(filter, 1),
            Output = Spatial.From(output, 1),
            Strides = Spatial.From(strides, 1),
            Dilations = Spatial.From(dilations, 1),
            PadBefore = Spatial.From(padBefore, 0),
            InputChannels = inputChannels,
            OutputChannels = outputChannels,
            Groups = groups,
        };
    }

    static long Product(in Spatial sizes) => (long)sizes[0] * sizes[1] * sizes[2];
}
