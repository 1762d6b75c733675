using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Conv;

/// <summary>
/// Convolutions with 3×3 filters by Winograd's F(2×2, 3×3), https://arxiv.org/abs/1509.09308: each tile of 2×2 results takes 16 multiplications a pair of channels
/// instead of 36. Tiles of 4×4 inputs are transformed by additions, multiplied channel by channel as 16 matrix products, and transformed back. Its float32 error is half
/// that of the direct sum (fewer terms), unlike that of larger tiles.
/// </summary>
/// <remarks>Tiles are cut into blocks by shape alone, so results do not depend on the number of threads.</remarks>
static unsafe class WinogradKernel<T, TVector, TUnit>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    const int Points = WinogradShape.Points;

    // Transformed inputs and products of a block stay in the second cache: half of the smallest, since where their pages fall decides how much of it they get.
    const int BlockBytes = 256 * 1024;
    const int LeastTiles = 24;
    const int MostTiles = 96;
    const int LargeFilter = 512 * 512;
    const int LeastTilesOfLargeFilter = 64;

    /// <summary>output = epilogue(input ∗ filter).</summary>
    internal static void Forward(in ConvGeometry geometry, T* input, T* filter, T* output, in PinnedEpilogue<T> epilogue)
    {
        int inputs = geometry.InputChannels, outputs = geometry.OutputChannels;
        var packed = ScratchMemory.Get<T>(ScratchMemory.Purpose.Right, Points * PackedSize(inputs, outputs));
        Prepare(filter, inputs, outputs, packed);
        ForwardPrepared(geometry, input, packed, output, epilogue);
    }

    /// <summary>output = epilogue(input ∗ filter), the filter as <see cref="Prepare"/> gives it.</summary>
    internal static void ForwardPrepared(in ConvGeometry geometry, T* input, T* packed, T* output, in PinnedEpilogue<T> epilogue)
    {
        var grid = new TileGrid(geometry.Batch, geometry.Input[1], geometry.Input[2], geometry.Output[1], geometry.Output[2], geometry.PadBefore[1], geometry.PadBefore[2]);
        Run(grid, input, geometry.InputChannels, packed, output, geometry.OutputChannels, epilogue);
    }

    /// <summary>Transforms a filter, G·g·Gᵀ, to 16 matrices [inputs, outputs] as the micro-kernel reads them.</summary>
    internal static void Prepare(T* filter, int inputs, int outputs, T* packed)
    {
        var body = new FilterTransform { Filter = filter, Inputs = inputs, Outputs = outputs, Packed = packed, Size = PackedSize(inputs, outputs) };
        WorkerPool.Run(inputs, ref body);
    }

    /// <summary>The gradient of the input: a convolution of the gradient with the filter turned around.</summary>
    internal static void BackwardInput(in ConvGeometry geometry, T* gradOutput, T* filter, T* gradInput, in PinnedEpilogue<T> epilogue)
    {
        int inputs = geometry.InputChannels, outputs = geometry.OutputChannels;
        var grid = new TileGrid(geometry.Batch, geometry.Output[1], geometry.Output[2], geometry.Input[1], geometry.Input[2], 2 - geometry.PadBefore[1], 2 - geometry.PadBefore[2]);
        Run(grid, gradOutput, outputs, PackTurned(filter, inputs, outputs), gradInput, inputs, epilogue);
    }

    /// <summary>The gradient of the filter: the products of transformed tiles of input and gradient, summed over all tiles and transformed back once.</summary>
    internal static void BackwardFilter(in ConvGeometry geometry, T* input, T* gradOutput, T* gradFilter)
    {
        int inputs = geometry.InputChannels, outputs = geometry.OutputChannels;
        var grid = new TileGrid(geometry.Batch, geometry.Input[1], geometry.Input[2], geometry.Output[1], geometry.Output[2], geometry.PadBefore[1], geometry.PadBefore[2]);
        var elements = Apart((nint)inputs * outputs);
        // Every block adds to all sums: the longer it is, the less often they travel.
        var tiles = 2 * TilesPerBlock(inputs, outputs);
        // Parts for a few threads, and more of them only where each has several blocks: all their sums are read again in the end.
        var parts = (int)Math.Clamp(grid.Tiles / (4 * tiles), Math.Clamp((grid.Tiles + tiles - 1) / tiles, 1, 4), (long)inputs * outputs <= 128 * 128 ? 8 : 4);
        var sums = ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, parts * Points * elements);
        var body = new FilterSums { Grid = grid, Input = input, Inputs = inputs, Gradient = gradOutput, Outputs = outputs, TilesPerBlock = tiles, Parts = parts, Sums = sums };
        WorkerPool.Run(parts, ref body);
        var join = new FilterJoin { Inputs = inputs, Outputs = outputs, Parts = parts, Sums = sums, Filter = gradFilter };
        WorkerPool.Run(inputs, ref join);
    }

    // What fits the second cache; of many channels more, as every block reads the packed filters once, and as evenly as the threads of most machines divide them.
    static int TilesPerBlock(int inputs, int outputs, long all)
    {
        var most = Math.Max(TilesPerBlock(inputs, outputs), (long)inputs * outputs >= LargeFilter ? LeastTilesOfLargeFilter : 0);
        var blocks = (all + most - 1) / most;
        if (blocks is > 2 and < 32) blocks = (blocks + 3) / 4 * 4;
        return (int)((all + blocks - 1) / blocks);
    }

    static int TilesPerBlock(int inputs, int outputs) => Math.Clamp(BlockBytes / (Points * (inputs + outputs) * sizeof(T)), LeastTiles, MostTiles) / 12 * 12;

    static void Run(in TileGrid grid, T* source, int sourceChannels, T* packed, T* target, int targetChannels, in PinnedEpilogue<T> epilogue)
    {
        var tiles = TilesPerBlock(sourceChannels, targetChannels, grid.Tiles);
        var body = new Blocks { Grid = grid, Source = source, SourceChannels = sourceChannels, Packed = packed, Target = target, TargetChannels = targetChannels, TilesPerBlock = tiles, Epilogue = epilogue };
        WorkerPool.Run((int)((grid.Tiles + tiles - 1) / tiles), ref body);
    }

    /// <summary>Transforms the filter turned around: to 16 matrices [outputs, inputs].</summary>
    static T* PackTurned(T* filter, int inputs, int outputs)
    {
        var (size, elements) = (PackedSize(outputs, inputs), Apart((nint)inputs * outputs));
        var packed = ScratchMemory.Get<T>(ScratchMemory.Purpose.Right, Points * size);
        var body = new FilterTransform
        {
            Filter = filter, Inputs = inputs, Outputs = outputs, Turned = true, Packed = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedRight, Points * elements), Size = elements,
        };
        WorkerPool.Run(inputs, ref body);
        var pack = new FilterPack { Transformed = body.Packed, Inputs = inputs, Outputs = outputs, Packed = packed, Size = size };
        WorkerPool.Run(Points, ref pack);
        return packed;
    }

    static nint Apart(nint elements) => WinogradShape.Apart<T>(elements);

    static nint PackedSize(int steps, int columns) => WinogradShape.PackedSize<T>(steps, columns, GemmDriver<T, TVector, TUnit>.PanelWidth);

    /// <summary>Where the tiles of a picture lie: 2×2 results each, row by row, picture by picture.</summary>
    readonly struct TileGrid(int batch, int sourceHeight, int sourceWidth, int targetHeight, int targetWidth, int padTop, int padLeft)
    {
        readonly int across = (targetWidth + 1) / 2, down = (targetHeight + 1) / 2;

        internal long Tiles => (long)batch * across * down;

        internal int TargetHeight => targetHeight;

        internal int TargetWidth => targetWidth;

        /// <summary>Tiles of a row.</summary>
        internal int Across => across;

        /// <summary>Picture and first result of a tile.</summary>
        internal (int Picture, int Row, int Column) Place(long tile)
        {
            var inPicture = (int)(tile % (across * down));
            return ((int)(tile / (across * down)), inPicture / across * 2, inPicture % across * 2);
        }

        /// <summary>The 4 × 4 inputs of a tile: where its four lines begin and how far its columns lie apart. A tile that reaches into the padding is copied, with zeros there.</summary>
        internal void Inputs(long tile, T* source, int channels, T* copy, T** lines, out nint step)
        {
            var (picture, row, column) = Place(tile);
            row -= padTop;
            column -= padLeft;
            step = channels;
            var first = source + (((nint)picture * sourceHeight + row) * sourceWidth + column) * channels;
            var isInside = row >= 0 && column >= 0 && row + 4 <= sourceHeight && column + 4 <= sourceWidth;
            for (var i = 0; i < 4; i++) lines[i] = isInside ? first + i * (nint)sourceWidth * channels : copy + i * 4 * step;
            if (!isInside) Copy(first, row, column, channels, copy);
        }

        void Copy(T* first, int row, int column, int channels, T* copy)
        {
            int left = Math.Clamp(-column, 0, 4), right = Math.Clamp(sourceWidth - column, left, 4);
            for (var i = 0; i < 4; i++)
            {
                var line = new Span<T>(copy + i * 4 * (nint)channels, 4 * channels);
                if ((uint)(row + i) >= (uint)sourceHeight)
                {
                    line.Clear();
                    continue;
                }

                line[..(left * channels)].Clear();
                new Span<T>(first + (i * (nint)sourceWidth + left) * channels, (right - left) * channels).CopyTo(line[(left * channels)..]);
                line[(right * channels)..].Clear();
            }
        }

        /// <summary>The 4 results of a tile; zeros where there are none.</summary>
        internal void Results(long tile, T* target, int channels, T* zeros, T** pointers)
        {
            var (picture, row, column) = Place(tile);
            for (var i = 0; i < 2; i++)
            {
                var line = target + (((nint)picture * targetHeight + row + i) * targetWidth + column) * channels;
                for (var j = 0; j < 2; j++) pointers[i * 2 + j] = row + i < targetHeight && column + j < targetWidth ? line + j * (nint)channels : zeros;
            }
        }
    }

    // Bᵀ·d·B for all channels of one tile; the 16 results lie a stretch apart. The middle lines are read twice, since 16 values and what is made of them are more than registers hold.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransformInput(T** lines, nint step, int channels, T* to, nint stretch)
    {
        T* r0 = lines[0], r1 = lines[1], r2 = lines[2], r3 = lines[3], end = r0 + channels;
        for (; r0 < end; r0 += TUnit.Count, r1 += TUnit.Count, r2 += TUnit.Count, r3 += TUnit.Count, to += TUnit.Count)
        {
            TVector y0, y1, y2, y3;
            y0 = TUnit.Subtract(*(TVector*)r0, *(TVector*)r2);
            y1 = TUnit.Subtract(*(TVector*)(r0 + step), *(TVector*)(r2 + step));
            y2 = TUnit.Subtract(*(TVector*)(r0 + 2 * step), *(TVector*)(r2 + 2 * step));
            y3 = TUnit.Subtract(*(TVector*)(r0 + 3 * step), *(TVector*)(r2 + 3 * step));
            StoreLine(y0, y1, y2, y3, to, stretch);
            TVector x0 = *(TVector*)r1, x1 = *(TVector*)(r1 + step), x2 = *(TVector*)(r1 + 2 * step), x3 = *(TVector*)(r1 + 3 * step);
            y0 = TUnit.Subtract(x0, *(TVector*)r3);
            y1 = TUnit.Subtract(x1, *(TVector*)(r3 + step));
            y2 = TUnit.Subtract(x2, *(TVector*)(r3 + 2 * step));
            y3 = TUnit.Subtract(x3, *(TVector*)(r3 + 3 * step));
            StoreLine(y0, y1, y2, y3, to + 12 * stretch, stretch);
            y0 = *(TVector*)r2;
            y1 = *(TVector*)(r2 + step);
            y2 = *(TVector*)(r2 + 2 * step);
            y3 = *(TVector*)(r2 + 3 * step);
            StoreLine(TUnit.Add(x0, y0), TUnit.Add(x1, y1), TUnit.Add(x2, y2), TUnit.Add(x3, y3), to + 4 * stretch, stretch);
            StoreLine(TUnit.Subtract(y0, x0), TUnit.Subtract(y1, x1), TUnit.Subtract(y2, x2), TUnit.Subtract(y3, x3), to + 8 * stretch, stretch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreLine(TVector x0, TVector x1, TVector x2, TVector x3, T* to, nint stretch)
    {
        *(TVector*)to = TUnit.Subtract(x0, x2);
        *(TVector*)(to + stretch) = TUnit.Add(x1, x2);
        *(TVector*)(to + 2 * stretch) = TUnit.Subtract(x2, x1);
        *(TVector*)(to + 3 * stretch) = TUnit.Subtract(x1, x3);
    }

    // Aᵀ·m·A for all channels of one tile, with a bias (or none) and the rectifier (or not): four results.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransformResult(T* m, nint stretch, int channels, T* bias, bool rectifies, T* y0, T* y1, T* y2, T* y3)
    {
        var zero = TUnit.Zero;
        for (nint c = 0; c < channels; c += TUnit.Count)
        {
            var p = m + c;
            Column(p, stretch, out var a0, out var b0);
            Column(p + stretch, stretch, out var a1, out var b1);
            Column(p + 2 * stretch, stretch, out var a2, out var b2);
            Column(p + 3 * stretch, stretch, out var a3, out var b3);
            TVector x0 = TUnit.Add(TUnit.Add(a0, a1), a2), x1 = TUnit.Subtract(TUnit.Subtract(a1, a2), a3), x2 = TUnit.Add(TUnit.Add(b0, b1), b2), x3 = TUnit.Subtract(TUnit.Subtract(b1, b2), b3);
            if (bias != null)
            {
                var added = *(TVector*)(bias + c);
                (x0, x1, x2, x3) = (TUnit.Add(x0, added), TUnit.Add(x1, added), TUnit.Add(x2, added), TUnit.Add(x3, added));
            }

            if (rectifies) (x0, x1, x2, x3) = (TUnit.Maximum(x0, zero), TUnit.Maximum(x1, zero), TUnit.Maximum(x2, zero), TUnit.Maximum(x3, zero));
            *(TVector*)(y0 + c) = x0;
            *(TVector*)(y1 + c) = x1;
            *(TVector*)(y2 + c) = x2;
            *(TVector*)(y3 + c) = x3;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Column(T* p, nint stretch, out TVector upper, out TVector lower)
    {
        TVector m0 = *(TVector*)p, m1 = *(TVector*)(p + 4 * stretch), m2 = *(TVector*)(p + 8 * stretch), m3 = *(TVector*)(p + 12 * stretch);
        upper = TUnit.Add(TUnit.Add(m0, m1), m2);
        lower = TUnit.Subtract(TUnit.Subtract(m1, m2), m3);
    }

    // A·y·Aᵀ for all channels of the gradient of one tile: 16 results a stretch apart.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransformGradient(T** y, int channels, T* to, nint stretch)
    {
        for (nint c = 0; c < channels; c += TUnit.Count)
        {
            TVector y0 = *(TVector*)(y[0] + c), y1 = *(TVector*)(y[1] + c), y2 = *(TVector*)(y[2] + c), y3 = *(TVector*)(y[3] + c);
            Row(y0, y1, to + c, stretch);
            Row(TUnit.Add(y0, y2), TUnit.Add(y1, y3), to + 4 * stretch + c, stretch);
            Row(TUnit.Subtract(y0, y2), TUnit.Subtract(y1, y3), to + 8 * stretch + c, stretch);
            Row(TUnit.Subtract(TUnit.Zero, y2), TUnit.Subtract(TUnit.Zero, y3), to + 12 * stretch + c, stretch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(TVector left, TVector right, T* to, nint stretch)
    {
        *(TVector*)to = left;
        *(TVector*)(to + stretch) = TUnit.Add(left, right);
        *(TVector*)(to + 2 * stretch) = TUnit.Subtract(left, right);
        *(TVector*)(to + 3 * stretch) = TUnit.Subtract(TUnit.Zero, right);
    }

    /// <summary>A block of tiles per index: transform, multiply, transform back.</summary>
    struct Blocks : IParallelBody
    {
        internal TileGrid Grid;
        internal T* Source, Packed, Target;
        internal int SourceChannels, TargetChannels, TilesPerBlock;
        internal PinnedEpilogue<T> Epilogue;

        public readonly void Invoke(int index)
        {
            var first = (long)index * TilesPerBlock;
            var count = (int)Math.Min(TilesPerBlock, Grid.Tiles - first);
            var panelWidth = GemmDriver<T, TVector, TUnit>.PanelWidth;
            nint width = PackedProduct<T>.Width(TargetChannels, panelWidth);
            nint sourceStretch = Apart((nint)TilesPerBlock * SourceChannels), targetStretch = Apart(TilesPerBlock * width);
            var transformed = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedLeft, Points * sourceStretch);
            var products = ScratchMemory.Get<T>(ScratchMemory.Purpose.Result, Points * targetStretch);
            var small = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, Points * SourceChannels + 4 * TargetChannels);
            var pointers = stackalloc T*[Points];
            for (var tile = 0; tile < count; tile++)
            {
                Grid.Inputs(first + tile, Source, SourceChannels, small, pointers, out var step);
                TransformInput(pointers, step, SourceChannels, transformed + tile * (nint)SourceChannels, sourceStretch);
            }

            var size = PackedSize(SourceChannels, TargetChannels);
            for (var point = 0; point < Points; point++)
            {
                var product = new PackedProduct<T>(&PackedProduct<T>.Run<TVector, TUnit>, Packed + point * size, SourceChannels, TargetChannels, panelWidth);
                product.Multiply(count, transformed + point * sourceStretch, SourceChannels, products + point * targetStretch, accumulate: false);
            }

            var results = small + Points * SourceChannels;
            var isSimple = Epilogue.Residual == null && (Epilogue.Activation is GemmActivation.None or GemmActivation.Relu);
            for (var tile = 0; tile < count; tile++)
            {
                var product = products + tile * width;
                if (isSimple)
                {
                    // Results that are not in the picture go where nobody looks.
                    Grid.Results(first + tile, Target, TargetChannels, results, pointers);
                    TransformResult(product, targetStretch, TargetChannels, Epilogue.Bias, Epilogue.Activation == GemmActivation.Relu, pointers[0], pointers[1], pointers[2], pointers[3]);
                    continue;
                }

                TransformResult(product, targetStretch, TargetChannels, null, false, results, results + TargetChannels, results + 2 * TargetChannels, results + 3 * TargetChannels);
                Store(first + tile, results);
            }

            if (!Epilogue.Finish.IsEmpty) Finish(first, first + count);
        }

        // Tiles that lie side by side are finished together, line by line.
        readonly void Finish(long tile, long end)
        {
            while (tile < end)
            {
                var (picture, row, column) = Grid.Place(tile);
                var together = (int)Math.Min(end - tile, Grid.Across - column / 2);
                for (var i = 0; i < Math.Min(2, Grid.TargetHeight - row); i++)
                {
                    var pixel = ((nint)picture * Grid.TargetHeight + row + i) * Grid.TargetWidth + column;
                    Epilogue.Finish.Run(Target + pixel * TargetChannels, TargetChannels, Math.Min(2 * together, Grid.TargetWidth - column), TargetChannels);
                }

                tile += together;
            }
        }

        readonly void Store(long tile, T* results)
        {
            var (picture, row, column) = Grid.Place(tile);
            var across = Math.Min(2, Grid.TargetWidth - column);
            for (var i = 0; i < Math.Min(2, Grid.TargetHeight - row); i++)
            {
                var pixel = ((nint)picture * Grid.TargetHeight + row + i) * Grid.TargetWidth + column;
                TileFinish<T, TVector, TUnit>.Run(results + i * 2 * TargetChannels, TargetChannels, across, TargetChannels, Target + pixel * TargetChannels, TargetChannels, false, Epilogue.IsEmpty ? default : Epilogue.At(pixel, 0));
            }
        }
    }

    /// <summary>The sums of one part of all tiles per index.</summary>
    struct FilterSums : IParallelBody
    {
        internal TileGrid Grid;
        internal T* Input, Gradient, Sums;
        internal int Inputs, Outputs, TilesPerBlock, Parts;

        public readonly void Invoke(int index)
        {
            long start = Grid.Tiles * index / Parts, end = Grid.Tiles * (index + 1) / Parts;
            // Blocks of about that length, alike: the sums travel as often for a single tile as for a whole block.
            var blocks = Math.Max(1, (end - start + TilesPerBlock / 2) / TilesPerBlock);
            var tiles = (int)((end - start + blocks - 1) / blocks);
            nint leftStretch = Apart((nint)tiles * Inputs), rightStretch = Apart((nint)tiles * Outputs), sumStretch = Apart((nint)Inputs * Outputs);
            var left = ScratchMemory.Get<T>(ScratchMemory.Purpose.ConvertedLeft, Points * leftStretch);
            var right = ScratchMemory.Get<T>(ScratchMemory.Purpose.Result, Points * rightStretch);
            var zeros = ScratchMemory.Get<T>(ScratchMemory.Purpose.Left, Outputs + Points * Inputs);
            new Span<T>(zeros, Outputs).Clear();
            var sums = Sums + index * Points * sumStretch;
            var pointers = stackalloc T*[Points];
            for (var first = start; first < end; first += tiles)
            {
                var count = (int)Math.Min(tiles, end - first);
                for (var tile = 0; tile < count; tile++)
                {
                    Grid.Inputs(first + tile, Input, Inputs, zeros + Outputs, pointers, out var step);
                    TransformInput(pointers, step, Inputs, left + tile * (nint)Inputs, leftStretch);
                    Grid.Results(first + tile, Gradient, Outputs, zeros, pointers);
                    TransformGradient(pointers, Outputs, right + tile * (nint)Outputs, rightStretch);
                }

                for (var point = 0; point < Points; point++) Multiply(count, left + point * leftStretch, right + point * rightStretch, sums + point * sumStretch, first > start);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Multiply(int count, T* left, T* right, T* sum, bool accumulate)
        {
            var panels = (Inputs + TUnit.Rows - 1) / TUnit.Rows;
            for (var column = 0; column < Outputs; column += 2 * TUnit.Count)
            {
                var vectors = Outputs - column <= TUnit.Count ? 1 : 2;
                for (var p = 0; p < panels; p++)
                {
                    int row = (int)((long)p * Inputs / panels), rows = (int)((long)(p + 1) * Inputs / panels) - row;
                    MicroKernel<T, TVector, TUnit>.Run(rows, vectors, count, left + row, 1, Inputs, right + column, Outputs, sum + (nint)row * Outputs + column, Outputs, accumulate);
                }
            }
        }
    }

    /// <summary>Adds the parts of one input channel per index in order, and transforms back: Gᵀ·m·G.</summary>
    struct FilterJoin : IParallelBody
    {
        internal int Inputs, Outputs, Parts;
        internal T* Sums, Filter;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            nint elements = (nint)Inputs * Outputs, stretch = Apart(elements), partSize = Points * stretch;
            var half = TUnit.Broadcast(Element<T>.FromDouble(0.5));
            var m = stackalloc TVector[Points];
            var rows = stackalloc TVector[12];
            for (nint c = 0; c < Outputs; c += TUnit.Count)
            {
                var place = index * (nint)Outputs + c;
                for (var point = 0; point < Points; point++)
                {
                    var sum = *(TVector*)(Sums + point * stretch + place);
                    for (var part = 1; part < Parts; part++) sum = TUnit.Add(sum, *(TVector*)(Sums + part * partSize + point * stretch + place));
                    m[point] = sum;
                }

                for (var j = 0; j < 4; j++) Turn(m[j], m[4 + j], m[8 + j], m[12 + j], half, out rows[j], out rows[4 + j], out rows[8 + j]);
                for (var i = 0; i < 3; i++)
                {
                    Turn(rows[4 * i], rows[(4 * i) + 1], rows[(4 * i) + 2], rows[(4 * i) + 3], half, out var g0, out var g1, out var g2);
                    *(TVector*)(Filter + (3 * i) * elements + place) = g0;
                    *(TVector*)(Filter + ((3 * i) + 1) * elements + place) = g1;
                    *(TVector*)(Filter + ((3 * i) + 2) * elements + place) = g2;
                }
            }
        }

        // Gᵀ with the rows (1, ½, ½, 0), (0, ½, −½, 0), (0, ½, ½, 1).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Turn(TVector m0, TVector m1, TVector m2, TVector m3, TVector half, out TVector g0, out TVector g1, out TVector g2)
        {
            var sum = TUnit.Add(m1, m2);
            g0 = TUnit.MultiplyAdd(sum, half, m0);
            g1 = TUnit.MultiplyAdd(TUnit.Subtract(m1, m2), half, TUnit.Zero);
            g2 = TUnit.MultiplyAdd(sum, half, m3);
        }
    }

    /// <summary>Transforms the filters of one input channel per index: to the panels of the micro-kernel, or, to be turned around, to 16 plain matrices.</summary>
    struct FilterTransform : IParallelBody
    {
        internal T* Filter, Packed;
        internal int Inputs, Outputs;
        internal bool Turned;
        internal nint Size;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            var half = TUnit.Broadcast(Element<T>.FromDouble(0.5));
            var rows = stackalloc TVector[12];
            for (nint c = 0; c < Outputs; c += TUnit.Count)
            {
                nint place = index * (nint)Outputs + c, target = Turned ? place : InPanel(index, c);
                for (var j = 0; j < 3; j++) Spread(Tap(0, j, place), Tap(1, j, place), Tap(2, j, place), half, out rows[j], out rows[3 + j], out rows[6 + j], out rows[9 + j]);
                for (var i = 0; i < 4; i++)
                {
                    Spread(rows[3 * i], rows[(3 * i) + 1], rows[(3 * i) + 2], half, out var u0, out var u1, out var u2, out var u3);
                    var to = Packed + (4 * i) * Size + target;
                    *(TVector*)to = u0;
                    *(TVector*)(to + Size) = u1;
                    *(TVector*)(to + 2 * Size) = u2;
                    *(TVector*)(to + 3 * Size) = u3;
                }
            }
        }

        // The last panel may be one vector wide.
        readonly nint InPanel(int index, nint column)
        {
            nint width = GemmDriver<T, TVector, TUnit>.PanelWidth, first = column / width * width;
            return first * Inputs + index * (Outputs - first <= TUnit.Count ? TUnit.Count : width) + (column - first);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly TVector Tap(int row, int column, nint place)
        {
            var tap = Turned ? 8 - (row * 3) - column : (row * 3) + column;
            return *(TVector*)(Filter + tap * ((nint)Inputs * Outputs) + place);
        }

        // G: (g0, (g0 + g1 + g2) / 2, (g0 − g1 + g2) / 2, g2).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Spread(TVector g0, TVector g1, TVector g2, TVector half, out TVector u0, out TVector u1, out TVector u2, out TVector u3)
        {
            var sum = TUnit.Add(g0, g2);
            u0 = g0;
            u1 = TUnit.MultiplyAdd(TUnit.Add(sum, g1), half, TUnit.Zero);
            u2 = TUnit.MultiplyAdd(TUnit.Subtract(sum, g1), half, TUnit.Zero);
            u3 = g2;
        }
    }

    /// <summary>Turns one of the 16 matrices around and packs it, per index.</summary>
    struct FilterPack : IParallelBody
    {
        internal T* Transformed, Packed;
        internal int Inputs, Outputs;
        internal nint Size;

        public readonly void Invoke(int index)
        {
            var panelWidth = GemmDriver<T, TVector, TUnit>.PanelWidth;
            var right = new RightMatrix<T>(Transformed + index * Apart((nint)Inputs * Outputs), 1, Outputs);
            for (int column = 0, panel = 0; column < Inputs; column += panelWidth, panel++)
            {
                var count = Math.Min(panelWidth, Inputs - column);
                right.Pack(0, Outputs, column, count, count <= TUnit.Count ? TUnit.Count : panelWidth, Packed + index * Size + (nint)panel * panelWidth * Outputs);
            }
        }
    }
}
