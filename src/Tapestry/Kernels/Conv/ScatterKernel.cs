using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// The gradient of an input with very few channels (or a transposed convolution into very few): a product with one column per channel would leave most of every
/// vector empty, so all taps of a pixel are multiplied at once, as columns, and added to the places they belong to. One thread owns a picture.
/// </summary>
static unsafe class ScatterKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    /// <summary>The products of some lines may take this much of the second cache.</summary>
    const int CacheBytes = 256 << 10;

    internal static bool IsSuitable(in ConvGeometry geometry, in PatchGrid forward) =>
        geometry.Groups == 1 && geometry.InputChannels * 4 <= GemmDriver<T, TVector, TUnit>.PanelWidth && forward.Taps * geometry.InputChannels * 2 >= TUnit.Count && geometry.OutputChannels >= 8;

    internal static void Run(in ConvGeometry geometry, in PatchGrid forward, T* gradOutput, T* filter, T* gradInput, in PinnedEpilogue<T> epilogue)
    {
        var body = new Body { Geometry = geometry, Grid = forward, GradOutput = gradOutput, Filter = filter, GradInput = gradInput, Epilogue = epilogue };
        if ((double)forward.Rows * forward.Taps * geometry.InputChannels * geometry.OutputChannels >= 1e6)
        {
            WorkerPool.Run(geometry.Batch, ref body);
            return;
        }

        for (int image = 0; image < geometry.Batch; image++)
            body.Invoke(image);
    }

    /// <summary>One picture per index.</summary>
    struct Body : IParallelBody
    {
        internal ConvGeometry Geometry;
        internal PatchGrid Grid;
        internal T* GradOutput;
        internal T* Filter;
        internal T* GradInput;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            PatchAxis depth = Grid.Axes[0], height = Grid.Axes[1], width = Grid.Axes[2];
            int channels = Geometry.InputChannels, products = Grid.Taps * channels, outputs = Geometry.OutputChannels, pixels = depth.Extent * height.Extent * width.Extent;
            T* picture = GradInput + (nint)index * pixels * channels;
            for (int line = 0; line < depth.Extent * height.Extent; line++)
                new Span<T>(picture + (nint)line * width.Extent * channels, width.Extent * channels).Clear();

            int lines = depth.Rows * height.Rows, together = (int)Math.Clamp(CacheBytes / ((long)width.Rows * products * sizeof(T)), 1, Math.Max(1, lines));
            T* product = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedLeft, (long)together * width.Rows * products);
            for (int first = 0; first < lines; first += together)
            {
                int now = Math.Min(together, lines - first);
                T* gradient = GradOutput + ((nint)index * lines + first) * width.Rows * outputs;
                GemmDriver<T, TVector, TUnit>.Run(
                    now * width.Rows, products, outputs, new LeftMatrix<T>(gradient, outputs, 1), new RightMatrix<T>(Filter, 1, outputs), new MatrixResult<T>(product, products), false, default);
                for (int line = 0; line < now; line++)
                    Scatter((first + line) / height.Rows, (first + line) % height.Rows, product + (nint)line * width.Rows * products, picture);
            }

            if (!Epilogue.IsEmpty)
                TileFinish<T, TVector, TUnit>.Run(picture, channels, pixels, channels, picture, channels, false, Epilogue);
            if (!Epilogue.Finish.IsEmpty)
                Epilogue.Finish.Run(picture, channels, pixels, channels);
        }

        /// <summary>Adds the products of one line of the upstream gradient to the picture.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Scatter(int lineD, int lineH, T* product, T* picture)
        {
            PatchAxis depth = Grid.Axes[0], height = Grid.Axes[1], width = Grid.Axes[2];
            int channels = Geometry.InputChannels, products = Grid.Taps * channels;

            // Neighbouring taps are one stretch if they meet neighbouring pixels.
            int together = width.TapStep == 1 ? width.Taps : 1, stretch = together * channels;
            for (int d = 0; d < depth.Taps; d++)
            {
                int toD = lineD * depth.Step + depth.Origin + d * depth.TapStep;
                if ((uint)toD >= (uint)depth.Extent)
                    continue;
                for (int h = 0; h < height.Taps; h++)
                {
                    int toH = lineH * height.Step + height.Origin + h * height.TapStep;
                    if ((uint)toH >= (uint)height.Extent)
                        continue;
                    T* line = picture + ((nint)toD * height.Extent + toH) * width.Extent * channels;
                    for (int w = 0; w < width.Taps; w += together)
                    {
                        T* from = product + (nint)((d * height.Taps + h) * width.Taps + w) * channels;
                        int x = width.Origin + w * width.TapStep;
                        for (int q = 0; q < width.Rows; q++, from += products, x += width.Step)
                        {
                            int low = Math.Max(0, -x * channels), high = Math.Min(stretch, (width.Extent - x) * channels);
                            T* to = line + (nint)x * channels;
                            int e = low;
                            for (; e + TUnit.Count <= high; e += TUnit.Count)
                                TUnit.Store(to + e, TUnit.Add(TUnit.Load(to + e), TUnit.Load(from + e)));
                            if (e < high)
                                TUnit.StorePartial(to + e, TUnit.Add(TUnit.LoadPartial(to + e, high - e), TUnit.LoadPartial(from + e, high - e)), high - e);
                        }
                    }
                }
            }
        }
    }
}
