namespace Tapestry;

/// <summary>How a picture is sampled at places between its pixels.</summary>
public enum ResizeMethod
{
    /// <summary>Straight lines between neighbours.</summary>
    Bilinear,

    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Keys' cubic, which goes through the pixels.</summary>
    Bicubic,

    /// <summary>Lanczos' window of radius 3.</summary>
    Lanczos3,

    /// <summary>Lanczos' window of radius 5.</summary>
    Lanczos5,

    /// <summary>A bell of radius 3 and σ = 0.5.</summary>
    Gaussian,

    /// <summary>The cubic of Mitchell and Netravali, which rings less than Keys'.</summary>
    MitchellCubic,

    /// <summary>The mean of the area of the old picture that a new pixel covers.</summary>
    Area,
}
