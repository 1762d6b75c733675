using System.Collections.Concurrent;

namespace Tapestry;

/// <summary>
/// The weights with which the pixels of a line make those of a longer or shorter line. Pixel centres lie at halves, as everywhere in TensorFlow 2;
/// weights of pixels beyond the ends are left out and the rest is scaled to the sum 1.
/// </summary>
sealed class ResizeWeights
{
    static readonly ConcurrentDictionary<(int Input, int Output, ResizeMethod Method, bool Antialias), ResizeWeights> Known = new();

    readonly int[] starts;
    readonly float[][] weights;

    ResizeWeights(int output)
    {
        starts = new int[output];
        weights = new float[output][];
    }

    /// <summary>The weights for a length before and after.</summary>
    internal static ResizeWeights Of(int input, int output, ResizeMethod method, bool antialias)
    {
        if (Known.Count > 256) Known.Clear();
        return Known.GetOrAdd((input, output, method, antialias), key => key.Method switch
        {
            ResizeMethod.Nearest => NearestPixels(key.Input, key.Output),
            ResizeMethod.Area => Shares(key.Input, key.Output),
            ResizeMethod.Bicubic when !key.Antialias => TabulatedCubic(key.Input, key.Output),
            _ => Spans(key.Input, key.Output, key.Method, key.Antialias),
        });
    }

    /// <summary>The first pixel that takes part in an output pixel.</summary>
    internal int Start(int output) => starts[output];

    /// <summary>The weights from that pixel on.</summary>
    internal ReadOnlySpan<float> At(int output) => weights[output];

    static ResizeWeights NearestPixels(int input, int output)
    {
        var result = new ResizeWeights(output);
        var scale = (float)input / output;
        for (var i = 0; i < output; i++)
        {
            result.starts[i] = Math.Clamp((int)MathF.Floor((i + 0.5f) * scale), 0, input - 1);
            result.weights[i] = [1];
        }

        return result;
    }

    /// <summary>How much of each old pixel lies within a new one.</summary>
    static ResizeWeights Shares(int input, int output)
    {
        var result = new ResizeWeights(output);
        var scale = (float)input / output;
        for (var i = 0; i < output; i++)
        {
            var (start, end) = (i * scale, (i + 1) * scale);
            var (first, last) = (Math.Min((int)MathF.Floor(start), input - 1), Math.Min((int)MathF.Ceiling(end), input));
            var taps = new float[Math.Max(last - first, 1)];
            for (var pixel = first; pixel < first + taps.Length; pixel++) taps[pixel - first] = Math.Max(MathF.Min(pixel + 1, end) - MathF.Max(pixel, start), 0);
            result.Set(i, first, taps);
        }

        return result;
    }

    /// <summary>Like TensorFlow, whose bicubic kernel rounds places to 1/1024 of a pixel.</summary>
    static ResizeWeights TabulatedCubic(int input, int output)
    {
        const int Steps = 1024;
        var result = new ResizeWeights(output);
        var scale = (float)input / output;
        Span<float> taps = stackalloc float[4];
        for (var i = 0; i < output; i++)
        {
            var place = (i + 0.5f) * scale - 0.5f;
            var pixel = (int)MathF.Floor(place);
            var offset = (int)MathF.Round((place - pixel) * Steps, MidpointRounding.ToEven);
            taps[0] = Cubic(1f + offset / (float)Steps);
            taps[1] = Cubic(offset / (float)Steps);
            taps[2] = Cubic(1f - offset / (float)Steps);
            taps[3] = Cubic(2f - offset / (float)Steps);
            var (first, last) = (Math.Clamp(pixel - 1, 0, input - 1), Math.Clamp(pixel + 2, 0, input - 1));
            result.Set(i, first, taps[(first - pixel + 1)..(last - pixel + 2)]);
        }

        return result;
    }

    static ResizeWeights Spans(int input, int output, ResizeMethod method, bool antialias)
    {
        var result = new ResizeWeights(output);
        var shrink = 1f / ((float)output / input);
        var width = antialias ? Math.Max(shrink, 1f) : 1f;
        var radius = Radius(method) * width;
        Span<float> taps = stackalloc float[Math.Min(input, 2 * (int)MathF.Ceiling(radius) + 1)];
        for (var i = 0; i < output; i++)
        {
            var place = (i + 0.5f) * shrink;
            var first = Math.Clamp((int)MathF.Ceiling(place - radius - 0.5f), 0, input - 1);
            var last = Math.Clamp((int)MathF.Floor(place + radius - 0.5f), 0, input - 1);
            for (var pixel = first; pixel <= last; pixel++) taps[pixel - first] = Kernel(method, (pixel + 0.5f - place) / width);
            result.Set(i, first, taps[..(last - first + 1)]);
        }

        return result;
    }

    void Set(int output, int start, ReadOnlySpan<float> taps)
    {
        var sum = 0f;
        foreach (var tap in taps) sum += tap;
        starts[output] = start;
        weights[output] = taps.ToArray();
        if (Math.Abs(sum) < 1e-35f) return;
        for (var i = 0; i < taps.Length; i++) weights[output][i] = taps[i] / sum;
    }

    static float Radius(ResizeMethod method) => method switch
    {
        ResizeMethod.Bilinear => 1,
        ResizeMethod.Bicubic or ResizeMethod.MitchellCubic => 2,
        ResizeMethod.Lanczos5 => 5,
        ResizeMethod.Gaussian => 1.5f,
        _ => 3,
    };

    static float Kernel(ResizeMethod method, float x)
    {
        x = Math.Abs(x);
        return method switch
        {
            ResizeMethod.Bilinear => Math.Max(0, 1 - x),
            ResizeMethod.Bicubic => Cubic(x),
            ResizeMethod.Lanczos3 => Lanczos(x, 3),
            ResizeMethod.Lanczos5 => Lanczos(x, 5),
            ResizeMethod.Gaussian => x >= 1.5f ? 0 : MathF.Exp(-x * x / (2 * 0.5f * 0.5f)),
            _ => x >= 2 ? 0 : x >= 1 ? (((-7f / 18) * x + 2) * x - 10f / 3) * x + 16f / 9 : (((7f / 6) * x - 2) * x) * x + 8f / 9,
        };
    }

    /// <summary>Keys' cubic with the slope −1/2 at distance 1.</summary>
    static float Cubic(float x) => x >= 2 ? 0 : x >= 1 ? ((-0.5f * x + 2.5f) * x - 4) * x + 2 : (1.5f * x - 2.5f) * x * x + 1;

    static float Lanczos(float x, float radius)
    {
        if (x > radius) return 0;
        if (x <= 1e-3f) return 1;
        return radius * MathF.Sin(MathF.PI * x) * MathF.Sin(MathF.PI * x / radius) / (MathF.PI * MathF.PI * x * x);
    }
}
