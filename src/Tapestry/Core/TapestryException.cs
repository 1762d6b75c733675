using System.Text;

namespace Tapestry;

/// <summary>
/// The one exception that Tapestry raises for a mistake it can name: a wrong shape, dtype, argument or state.
/// </summary>
/// <remarks>
/// Every message has the same five parts: the subject (an operation, a layer, a file), the fault, what was received, what was
/// expected and how to mend it. They are kept as properties, so that a program can show them in its own way.
/// </remarks>
public sealed class TapestryException : Exception
{
    readonly List<string> path = [];

    /// <summary>Creates the exception from its five parts.</summary>
    /// <param name="subject">What complains: the name of an operation, a layer, a function or a file.</param>
    /// <param name="fault">What is wrong, in a few words and without a final stop.</param>
    /// <param name="received">What was given, or null when that goes without saying.</param>
    /// <param name="expected">What would have been right, or null.</param>
    /// <param name="remedy">What the caller can do about it, or null.</param>
    /// <param name="inner">The exception that led to this one, if any.</param>
    public TapestryException(string subject, string fault, string? received = null, string? expected = null, string? remedy = null, Exception? inner = null)
        : base(null, inner)
    {
        Subject = subject;
        Fault = fault;
        Received = received;
        Expected = expected;
        Remedy = remedy;
    }

    /// <summary>What complains: the name of an operation, a layer, a function or a file.</summary>
    public string Subject { get; }

    /// <summary>What is wrong.</summary>
    public string Fault { get; }

    /// <summary>What was given, or null.</summary>
    public string? Received { get; }

    /// <summary>What would have been right, or null.</summary>
    public string? Expected { get; }

    /// <summary>What the caller can do about it, or null.</summary>
    public string? Remedy { get; }

    /// <summary>The layers that were being called, outermost first; empty when the fault happened outside any layer.</summary>
    public IReadOnlyList<string> LayerPath => path;

    /// <summary>The five parts as one text.</summary>
    public override string Message
    {
        get
        {
            var text = new StringBuilder();
            text.Append(Subject).Append(": ").Append(Fault).Append('.');
            if (Received is not null) text.Append(" Received: ").Append(Received).Append('.');
            if (Expected is not null) text.Append(" Expected: ").Append(Expected).Append('.');
            if (Remedy is not null) text.Append(' ').Append(Remedy).Append(Remedy.EndsWith('.') ? "" : ".");
            if (path.Count > 0) text.Append(" (in layer ").AppendJoin(" > ", path).Append(')');
            return text.ToString();
        }
    }

    /// <summary>Notes, while the exception travels outwards, that it passed through the call of a layer.</summary>
    internal void AddLayer(string name) => path.Insert(0, name);
}
