namespace Tapestry.Keras;

/// <summary>What Keras keeps for the whole program.</summary>
public static class KerasSession
{
    /// <summary>Lets automatic names start anew: the next layer of a class is <c>dense</c> again. Source: <c>keras.utils.clear_session</c>.</summary>
    public static void Clear() => Configuration.ObjectNames.Reset();
}
