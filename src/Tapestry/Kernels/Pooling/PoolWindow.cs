namespace Tapestry.Kernels.Pooling;

/// <summary>The valid taps of the output positions of one line, one after the other: boxes in the input.</summary>
unsafe ref struct PoolWindow
{
    /// <summary>Windows with more taps than this are gone through without a list.</summary>
    internal const int MostTaps = 16;

    readonly nint lineOffset;

    /// <summary>Taps inside the input, per dimension.</summary>
    internal int Depths, Heights, Widths;

    /// <summary>Elements between neighbouring taps.</summary>
    internal nint DepthStep, HeightStep, WidthStep;

    /// <summary>Offset of the first valid tap.</summary>
    internal nint Offset;

    int listed;

    internal PoolWindow(in PoolGeometry geometry, int image, int d, int h)
    {
        geometry.ValidTaps(0, d, out int startD, out int firstD, out int endD);
        geometry.ValidTaps(1, h, out int startH, out int firstH, out int endH);
        Depths = endD - firstD;
        Heights = endH - firstH;
        nint pixel = geometry.Channels, line = pixel * geometry.Input[2], plane = line * geometry.Input[1];
        DepthStep = plane * geometry.Dilations[0];
        HeightStep = line * geometry.Dilations[1];
        WidthStep = pixel * geometry.Dilations[2];
        lineOffset = plane * geometry.Input[0] * image + plane * startD + line * startH + firstD * DepthStep + firstH * HeightStep;
        listed = -1;
    }

    internal readonly int Count => Depths * Heights * Widths;

    /// <summary>Goes to a position of the line; where taps are few, lists the offset of each from the first one.</summary>
    internal void MoveTo(in PoolGeometry geometry, int w, nint* taps)
    {
        geometry.ValidTaps(2, w, out int startW, out int firstW, out int endW);
        Widths = endW - firstW;
        Offset = lineOffset + (nint)startW * geometry.Channels + firstW * WidthStep;
        if (Widths == listed || Count > MostTaps)
            return;
        listed = Widths;
        for (int d = 0; d < Depths; d++)
        {
            for (int h = 0; h < Heights; h++)
            {
                for (int i = 0; i < Widths; i++)
                    *taps++ = d * DepthStep + h * HeightStep + i * WidthStep;
            }
        }
    }
}
