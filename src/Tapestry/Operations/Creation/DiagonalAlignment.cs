namespace Tapestry;

/// <summary>Where diagonals shorter than the longest stand in their rows: those above the main one, then those below.</summary>
public enum DiagonalAlignment
{
    /// <summary>Above at the right end, below at the left.</summary>
    RightLeft,

    /// <summary>Above at the left end, below at the right.</summary>
    LeftRight,

    /// <summary>Both at the left end.</summary>
    LeftLeft,

    /// <summary>Both at the right end.</summary>
    RightRight,
}
