namespace Tapestry.Keras.Configuration;

/// <summary>Says what looks wrong but does not stop the work.</summary>
static class Warning
{
    static readonly HashSet<string> said = [];

    /// <summary>Where warnings go; the error stream unless a test listens.</summary>
    internal static Action<string> Listener { get; set; } = text => Console.Error.WriteLine($"Warning: {text}");

    /// <summary>Says something once per process.</summary>
    internal static void Once(string text)
    {
        lock (said)
        {
            if (!said.Add(text)) return;
        }

        Listener(text);
    }
}
