using System.Buffers;

namespace Tapestry;

/// <summary>Pictures [batch, height, width, channels] in another size, in float32. Source: <c>tf.image.resize</c>.</summary>
/// <param name="Height">The height of the result.</param>
/// <param name="Width">The width of the result.</param>
/// <param name="Method">How pixels between pixels are found.</param>
/// <param name="Antialias">True to widen the kernel where the picture shrinks.</param>
public sealed record ResizeOp(int Height, int Width, ResizeMethod Method, bool Antialias) : Op
{
    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (context.DType(0) != DType.Float32) throw Refuse($"{context.DType(0)} has no kernel of its own", context, "float32", "Call Ops.Resize, which converts.");
        if (shape.Rank != 4) throw Refuse($"an input of rank {shape.Rank}", context, "pictures [batch, height, width, channels]");
        if (shape[1] == 0 || shape[2] == 0) throw Refuse("the pictures have no pixels", context, "a height and width above 0");
        if (Height < 1 || Width < 1) throw Refuse($"a size of {Height} by {Width}", context, "a height and width above 0");
        context.Return([Of(shape[0]), Height, Width, Of(shape[3])], DType.Float32);
    }

    static int? Of(int dimension) => dimension == Shape.Unknown ? null : dimension;

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, new ResizeGradientOp(Height, Width, Method, Antialias).Apply(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var from = context.InputTensor(0).Shape;
        var source = context.Input<float>(0);
        var result = context.Output<float>(0);
        var (rows, columns) = (ResizeWeights.Of(from[1], Height, Method, Antialias), ResizeWeights.Of(from[2], Width, Method, Antialias));
        int line = from[2] * from[3], channels = from[3];
        var rented = ArrayPool<float>.Shared.Rent(line);
        var middle = rented.AsSpan(0, line);
        for (var image = 0; image < from[0]; image++)
        {
            for (var y = 0; y < Height; y++)
            {
                middle.Clear();
                var weights = rows.At(y);
                for (var i = 0; i < weights.Length; i++) AddScaled(source.Slice((image * from[1] + rows.Start(y) + i) * line, line), weights[i], middle);
                var target = result.Slice((image * Height + y) * Width * channels, Width * channels);
                target.Clear();
                for (var x = 0; x < Width; x++)
                {
                    var taps = columns.At(x);
                    for (var i = 0; i < taps.Length; i++) AddScaled(middle.Slice((columns.Start(x) + i) * channels, channels), taps[i], target.Slice(x * channels, channels));
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>target += factor · source.</summary>
    internal static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> target) =>
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(source, factor, target, target);
}

/// <summary>The gradient of <see cref="ResizeOp"/> from that of its output; the second input is the resized one, and only its shape matters.</summary>
/// <param name="Height">The height of the result of the resizing.</param>
/// <param name="Width">The width of the result of the resizing.</param>
/// <param name="Method">How pixels between pixels were found.</param>
/// <param name="Antialias">Whether the kernel was widened where the picture shrank.</param>
public sealed record ResizeGradientOp(int Height, int Width, ResizeMethod Method, bool Antialias) : Op
{
    /// <inheritdoc/>
    public override bool ReadsValue(int input) => input == 0;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context) => context.Return(context.Shape(1), context.DType(0));

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        if (context.Needs(0)) context.Return(0, new ResizeOp(Height, Width, Method, Antialias).Apply(context.Upstream(0)));
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var to = context.OutputTensor(0).Shape;
        var upstream = context.Input<float>(0);
        var result = context.Output<float>(0);
        result.Clear();
        var (rows, columns) = (ResizeWeights.Of(to[1], Height, Method, Antialias), ResizeWeights.Of(to[2], Width, Method, Antialias));
        int line = to[2] * to[3], channels = to[3];
        var rented = ArrayPool<float>.Shared.Rent(line);
        var middle = rented.AsSpan(0, line);
        for (var image = 0; image < to[0]; image++)
        {
            for (var y = 0; y < Height; y++)
            {
                middle.Clear();
                var source = upstream.Slice((image * Height + y) * Width * channels, Width * channels);
                for (var x = 0; x < Width; x++)
                {
                    var taps = columns.At(x);
                    for (var i = 0; i < taps.Length; i++) ResizeOp.AddScaled(source.Slice(x * channels, channels), taps[i], middle.Slice((columns.Start(x) + i) * channels, channels));
                }

                var weights = rows.At(y);
                for (var i = 0; i < weights.Length; i++) ResizeOp.AddScaled(middle, weights[i], result.Slice((image * to[1] + rows.Start(y) + i) * line, line));
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}

/// <summary>Offers <see cref="ResizeOp"/> to users.</summary>
public static class ResizeEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Pictures in another size; pixel centres lie at halves. The result is float32, except that the nearest pixels keep their dtype. Source: <c>tf.image.resize</c>.
        /// </summary>
        /// <param name="images">Pictures [batch, height, width, channels], or one [height, width, channels].</param>
        /// <param name="height">The new height.</param>
        /// <param name="width">The new width.</param>
        /// <param name="method">How pixels between pixels are found.</param>
        /// <param name="antialias">True to average over all pixels that a shrinking picture joins, instead of sampling some of them.</param>
        /// <param name="preserveAspectRatio">True to make the largest pictures of the old proportions that fit into the new size.</param>
        /// <exception cref="TapestryException">The input is no picture, the size is not positive, or proportions are to be kept that are not known.</exception>
        public static Tensor Resize(Tensor images, int height, int width, ResizeMethod method = ResizeMethod.Bilinear, bool antialias = false, bool preserveAspectRatio = false)
        {
            ArgumentNullException.ThrowIfNull(images);
            if (images.Rank is not (3 or 4)) throw new TapestryException("Resize", $"an input of rank {images.Rank}", images.Spec.ToString(), "pictures [batch, height, width, channels] or one [height, width, channels]");
            if (preserveAspectRatio) (height, width) = Fitted(images, height, width);
            var dtype = images.DType;
            var batch = images.Rank == 4 ? images : Ops.ExpandDims(images, 0);
            var resized = new ResizeOp(height, width, method, antialias && method is not (ResizeMethod.Nearest or ResizeMethod.Area)).Apply(Ops.Cast(batch, DType.Float32));
            if (images.Rank == 3) resized = Ops.Squeeze(resized, 0);
            return method == ResizeMethod.Nearest ? Ops.Cast(resized, dtype) : resized;
        }
    }

    static (int Height, int Width) Fitted(Tensor images, int height, int width)
    {
        if (images.Shape[^3] <= 0 || images.Shape[^2] <= 0) throw new TapestryException("Resize", "the size of the pictures is not known, whose proportions are to be kept", images.Spec.ToString(), "a known height and width");
        var (rows, columns) = ((double)images.Shape[^3], (double)images.Shape[^2]);
        var scale = Math.Min(height / rows, width / columns);
        return ((int)Math.Round(scale * rows, MidpointRounding.ToEven), (int)Math.Round(scale * columns, MidpointRounding.ToEven));
    }
}
