namespace Tapestry.Keras.Optimizers.Updates;

/// <summary>A yes or no that is part of a type, so that each kernel is compiled for its answer.</summary>
interface IChoice
{
    /// <summary>True for yes.</summary>
    static abstract bool IsMade { get; }
}

/// <summary>Yes.</summary>
readonly struct Yes : IChoice
{
    public static bool IsMade => true;
}

/// <summary>No.</summary>
readonly struct No : IChoice
{
    public static bool IsMade => false;
}
