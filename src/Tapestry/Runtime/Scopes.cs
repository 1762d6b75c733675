namespace Tapestry;

/// <summary>What is ambient on a thread: who interprets operations, who observes them. Entered by <c>using</c> and left on every path.</summary>
sealed class Scopes
{
    [ThreadStatic]
    static Scopes? current;

    IOpObserver[] observers = [];

    /// <summary>The scopes of this thread.</summary>
    internal static Scopes Current => current ??= new Scopes();

    /// <summary>The interpreter of operations on tensors that have values; null is eager execution.</summary>
    internal IInterpreter? Interpreter { get; private set; }

    /// <summary>The observers, outermost first.</summary>
    internal ReadOnlySpan<IOpObserver> Observers => observers;

    /// <summary>True when somebody observes.</summary>
    internal bool IsObserved => observers.Length > 0;

    /// <summary>Whether variables that come into being on this thread are collected, for someone who asks where they stay.</summary>
    internal bool CollectsVariables { get; set; }

    /// <summary>The variables that were collected.</summary>
    internal List<Variable> NewVariables { get; } = [];

    /// <summary>Starts to observe.</summary>
    internal void Add(IOpObserver observer) => observers = [.. observers, observer];

    /// <summary>Ends to observe.</summary>
    internal void Remove(IOpObserver observer) => observers = [.. observers.Where(other => !ReferenceEquals(other, observer))];

    /// <summary>Lets an interpreter take over, hidden from the observers so far, until the result is disposed.</summary>
    internal Restore Enter(IInterpreter? interpreter)
    {
        var restore = new Restore(this, Interpreter, observers);
        Interpreter = interpreter;
        observers = [];
        return restore;
    }

    /// <summary>Hides an observer, and those that started after it, until the result is disposed: they do not see what it computes.</summary>
    internal Restore Outside(IOpObserver observer)
    {
        var restore = new Restore(this, Interpreter, observers);
        observers = [.. observers.TakeWhile(other => !ReferenceEquals(other, observer))];
        return restore;
    }

    /// <summary>Hides all observers until the result is disposed.</summary>
    internal Restore Unobserved()
    {
        var restore = new Restore(this, Interpreter, observers);
        observers = [];
        return restore;
    }

    /// <summary>Puts back what was there before.</summary>
    internal readonly struct Restore(Scopes scopes, IInterpreter? interpreter, IOpObserver[] observers) : IDisposable
    {
        /// <summary>Puts back what was there before.</summary>
        public void Dispose()
        {
            scopes.Interpreter = interpreter;
            scopes.observers = observers;
        }
    }
}
