using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// One spatial dimension of a patch grid. Row q and tap t meet the source at q · Step + Origin + t · TapStep; the result of row q lies at
/// q · TargetStep + TargetOrigin; tap t uses the filter's tap t · FilterStep + FilterOrigin.
/// </summary>
struct PatchAxis
{
    /// <summary>Size of the source, number of rows and of taps.</summary>
    internal int Extent, Rows, Taps;

    internal int Step, Origin, TapStep, FilterOrigin, FilterStep, TargetExtent, TargetStep, TargetOrigin;
}

/// <summary>Three of them, depth, height, width.</summary>
[InlineArray(Spatial.Count)]
struct PatchAxes
{
    PatchAxis first;
}

/// <summary>
/// A convolution seen as a matrix product: every row is a position of the result, every step a (tap, channel) pair. Forward convolution and the gradient
/// of its input are both such grids: with stride s the gradient falls into s grids per dimension (one per remainder), each an ordinary convolution
/// of the upstream gradient with every s-th tap.
/// </summary>
struct PatchGrid
{
    internal int Batch;
    internal PatchAxes Axes;

    /// <summary>Rows of the product: positions of the result in all pictures.</summary>
    internal readonly int Rows => Batch * Axes[0].Rows * Axes[1].Rows * Axes[2].Rows;

    internal readonly int Taps => Axes[0].Taps * Axes[1].Taps * Axes[2].Taps;

    /// <summary>Whether every row is one pixel of the source in the source's own order (1 × 1, stride 1).</summary>
    internal readonly bool IsPlain
    {
        get
        {
            for (int i = 0; i < Spatial.Count; i++)
            {
                PatchAxis axis = Axes[i];
                if (axis.Taps != 1 || axis.Step != 1 || axis.Origin != 0 || axis.Rows != axis.Extent)
                    return false;
            }

            return true;
        }
    }

    /// <summary>The grid of the forward convolution.</summary>
    internal static PatchGrid Forward(in ConvGeometry geometry)
    {
        var grid = new PatchGrid { Batch = geometry.Batch };
        for (int i = 0; i < Spatial.Count; i++)
        {
            grid.Axes[i] = new PatchAxis
            {
                Extent = geometry.Input[i], Rows = geometry.Output[i], Taps = geometry.Filter[i], Step = geometry.Strides[i], Origin = -geometry.PadBefore[i],
                TapStep = geometry.Dilations[i], FilterOrigin = 0, FilterStep = 1, TargetExtent = geometry.Output[i], TargetStep = 1, TargetOrigin = 0,
            };
        }

        return grid;
    }

    /// <summary>How many grids the gradient of the input has.</summary>
    internal static int BackwardCount(in ConvGeometry geometry) => geometry.Strides[0] * geometry.Strides[1] * geometry.Strides[2];

    /// <summary>The grid number <paramref name="phase"/> of the gradient of the input.</summary>
    internal static PatchGrid Backward(in ConvGeometry geometry, int phase)
    {
        var grid = new PatchGrid { Batch = geometry.Batch };
        for (int i = Spatial.Count - 1; i >= 0; i--)
        {
            int stride = geometry.Strides[i], dilation = geometry.Dilations[i], taps = geometry.Filter[i];
            int remainder = phase % stride;
            phase /= stride;

            // Input x = stride · q + remainder meets output o through tap f where o · stride = x + pad − f · dilation.
            int count = 0, last = 0, step = 1;
            for (int f = 0; f < taps; f++)
            {
                if ((remainder + geometry.PadBefore[i] - f * dilation) % stride != 0)
                    continue;
                if (count == 1)
                    step = f - last;
                last = f;
                count++;
            }

            // From the last tap to the first, so that the positions in the upstream gradient ascend.
            grid.Axes[i] = new PatchAxis
            {
                Extent = geometry.Output[i], Rows = Math.Max(0, (geometry.Input[i] - remainder + stride - 1) / stride), Taps = count, Step = 1,
                Origin = (remainder + geometry.PadBefore[i] - last * dilation) / stride, TapStep = step * dilation / stride, FilterOrigin = last, FilterStep = -step,
                TargetExtent = geometry.Input[i], TargetStep = stride, TargetOrigin = remainder,
            };
        }

        return grid;
    }

    /// <summary>The filter's tap, counted in its own order, of tap number <paramref name="tap"/> of this grid.</summary>
    internal readonly int FilterTap(int tap, in ConvGeometry geometry)
    {
        int w = tap % Axes[2].Taps, h = tap / Axes[2].Taps % Axes[1].Taps, d = tap / (Axes[2].Taps * Axes[1].Taps);
        int fd = Axes[0].FilterOrigin + d * Axes[0].FilterStep, fh = Axes[1].FilterOrigin + h * Axes[1].FilterStep, fw = Axes[2].FilterOrigin + w * Axes[2].FilterStep;
        return (fd * geometry.Filter[1] + fh) * geometry.Filter[2] + fw;
    }
}

/// <summary>A position of a patch grid, advanced row by row without divisions.</summary>
struct PatchPosition
{
    internal int Image, D, H, W;

    internal PatchPosition(int row, in PatchGrid grid)
    {
        W = row % grid.Axes[2].Rows;
        row /= grid.Axes[2].Rows;
        H = row % grid.Axes[1].Rows;
        row /= grid.Axes[1].Rows;
        D = row % grid.Axes[0].Rows;
        Image = row / grid.Axes[0].Rows;
    }

    /// <summary>Goes on by <paramref name="count"/> rows that end at most at the end of this line.</summary>
    internal void Advance(int count, in PatchGrid grid)
    {
        W += count;
        if (W < grid.Axes[2].Rows)
            return;
        W = 0;
        if (++H < grid.Axes[1].Rows)
            return;
        H = 0;
        if (++D < grid.Axes[0].Rows)
            return;
        D = 0;
        Image++;
    }
}
