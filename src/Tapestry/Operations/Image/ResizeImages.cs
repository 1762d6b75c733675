namespace Tapestry;

/// <summary>Pictures in another size, in their own dtype, cut or padded to the proportions of that size if asked for.</summary>
public static class ResizeImagesEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Pictures in another size, in their own dtype: integers are rounded and limited to what the dtype holds. Source: <c>keras.ops.image.resize</c>; <c>Ops.Resize</c> is
        /// <c>tf.image.resize</c>, which gives float32.
        /// </summary>
        /// <param name="images">Pictures [batch, height, width, channels], or one [height, width, channels].</param>
        /// <param name="height">The new height.</param>
        /// <param name="width">The new width.</param>
        /// <param name="interpolation">How pixels between pixels are found.</param>
        /// <param name="antialias">True to average over all pixels that a shrinking picture joins, instead of sampling some of them.</param>
        /// <param name="cropToAspectRatio">True to cut the middle of the pictures to the new proportions first.</param>
        /// <param name="padToAspectRatio">True to put the pictures in the middle of larger ones of the new proportions first.</param>
        /// <param name="fillValue">What stands beside padded pictures.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <exception cref="TapestryException">The input is no picture, the size is not positive, pictures are to be cut and padded, or proportions of unknown sizes are asked for.</exception>
        /// <example>
        /// <code>
        /// Tensor picture = Ops.Reshape(new byte[] { 0, 100, 200, 255 }, [2, 2, 1]);
        /// Console.WriteLine(Ops.Reshape(Ops.ResizeImages(picture, 2, 4), [2, 4]));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor(
        /// [[  0  25  75 100]
        ///  [200 214 241 255]], shape=(2, 4), dtype=uint8)
        /// </code>
        /// </example>
        public static Tensor ResizeImages(
            Tensor images, int height, int width, ResizeMethod interpolation = ResizeMethod.Bilinear, bool antialias = false, bool cropToAspectRatio = false, bool padToAspectRatio = false,
            double fillValue = 0, string? dataFormat = null)
        {
            ArgumentNullException.ThrowIfNull(images);
            if (images.Rank is not (3 or 4)) throw new TapestryException("ResizeImages", $"an input of rank {images.Rank}", images.Spec.ToString(), "pictures [batch, height, width, channels] or one [height, width, channels]");
            if (height < 1 || width < 1) throw new TapestryException("ResizeImages", $"a size of {height} by {width}", images.Spec.ToString(), "a height and width above 0");
            if (cropToAspectRatio && padToAspectRatio) throw new TapestryException("ResizeImages", "pictures cannot be cut and padded", expected: "cropToAspectRatio or padToAspectRatio");
            var isFirst = ChannelLayout.IsChannelsFirst("ResizeImages", dataFormat);
            var batch = images.Rank == 4 ? images : Ops.ExpandDims(images, 0);
            if (isFirst) batch = ChannelLayout.ToLast(batch);
            if (cropToAspectRatio) batch = Cropped(batch, height, width);
            if (padToAspectRatio) batch = Padded(batch, height, width, fillValue);
            var resized = InDType(Ops.Resize(batch, height, width, interpolation, antialias), images.DType);
            if (isFirst) resized = ChannelLayout.ToFirst(resized);
            return images.Rank == 4 ? resized : Ops.Squeeze(resized, 0);
        }
    }

    static Tensor InDType(Tensor resized, DType dtype)
    {
        if (!dtype.IsInteger || resized.DType == dtype) return Ops.Cast(resized, dtype);
        var (low, high) = (dtype.IsUnsigned ? 0 : -Math.Pow(2, (8 * dtype.Size) - 1), Math.Pow(2, (8 * dtype.Size) - (dtype.IsUnsigned ? 0 : 1)) - 1);
        // The greatest integers of four bytes and more are no float32.
        return Ops.Cast(Ops.ClipByValue(Ops.Round(Ops.Cast(resized, DType.Float64)), low, dtype.Size == 8 ? Math.BitDecrement(high) : high), dtype);
    }

    static (int Height, int Width) SizeOf(Tensor images) => images.Shape[1] > 0 && images.Shape[2] > 0
        ? (images.Shape[1], images.Shape[2])
        : throw new TapestryException("ResizeImages", "the size of the pictures is not known, whose proportions are to be changed", images.Spec.ToString(), "a known height and width");

    static Tensor Cropped(Tensor images, int height, int width)
    {
        var (rows, columns) = SizeOf(images);
        var keptRows = Math.Clamp((int)((float)(columns * height) / width), 1, rows);
        var keptColumns = Math.Clamp((int)((float)(rows * width) / height), 1, columns);
        return Ops.Slice(images, [0, (rows - keptRows) / 2, (columns - keptColumns) / 2, 0], [-1, keptRows, keptColumns, -1]);
    }

    // As many rows on either side, so that an odd number is one short.
    static Tensor Padded(Tensor images, int height, int width, double fillValue)
    {
        var (rows, columns) = SizeOf(images);
        var above = (Math.Max(rows, (int)((float)(columns * height) / width)) - rows) / 2;
        var left = (Math.Max(columns, (int)((float)(rows * width) / height)) - columns) / 2;
        return Ops.Pad(images, new[,] { { 0, 0 }, { above, above }, { left, left }, { 0, 0 } }, constantValues: fillValue);
    }
}
