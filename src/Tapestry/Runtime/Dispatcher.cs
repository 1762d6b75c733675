using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>
/// The one point through which every operation goes. The owner of a symbolic input interprets it if there is one, else the ambient
/// interpreter of the thread, else it is computed at once; then the observers see it.
/// </summary>
static class Dispatcher
{
    /// <summary>Applies an operation with one output to one tensor.</summary>
    internal static Tensor Apply(Op op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var scopes = Scopes.Current;
        Tensor output = null!;
        var inputs = new ReadOnlySpan<Tensor>(in x);
        if (x.Symbol is null && scopes.Interpreter is null) EagerInterpreter.Compute(op, inputs, new Span<Tensor>(ref output));
        else Interpreter(op, inputs, scopes)!.Apply(op, inputs, new Span<Tensor>(ref output));
        if (scopes.IsObserved) Notify(op, inputs, new ReadOnlySpan<Tensor>(in output), scopes);
        GC.KeepAlive(x);
        return output;
    }

    /// <summary>Applies an operation with one output to two tensors.</summary>
    internal static Tensor Apply(Op op, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var scopes = Scopes.Current;
        Tensor output = null!;
        var pair = new Pair { First = a };
        pair[1] = b;
        ReadOnlySpan<Tensor> inputs = pair;
        if (a.Symbol is null && b.Symbol is null && scopes.Interpreter is null) EagerInterpreter.Compute(op, inputs, new Span<Tensor>(ref output));
        else Interpreter(op, inputs, scopes)!.Apply(op, inputs, new Span<Tensor>(ref output));
        if (scopes.IsObserved) Notify(op, inputs, new ReadOnlySpan<Tensor>(in output), scopes);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return output;
    }

    /// <summary>Applies an operation with one output.</summary>
    internal static Tensor ApplyOne(Op op, ReadOnlySpan<Tensor> inputs)
    {
        Tensor output = null!;
        Apply(op, inputs, new Span<Tensor>(ref output));
        return output;
    }

    /// <summary>Applies an operation.</summary>
    internal static void Apply(Op op, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        foreach (var input in inputs) ArgumentNullException.ThrowIfNull(input);
        var scopes = Scopes.Current;
        if (Interpreter(op, inputs, scopes) is { } interpreter) interpreter.Apply(op, inputs, outputs);
        else EagerInterpreter.Compute(op, inputs, outputs);
        if (scopes.IsObserved) Notify(op, inputs, outputs, scopes);
        // A kernel works on spans: without this a block could return to its pool while it is read.
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    static IInterpreter? Interpreter(Op op, ReadOnlySpan<Tensor> inputs, Scopes scopes)
    {
        object? owner = null;
        foreach (var input in inputs)
        {
            if (input.Symbol is not { } symbol || ReferenceEquals(symbol.Owner, owner)) continue;
            if (owner is null || Encloses(symbol.Owner, owner)) owner = symbol.Owner;
            else if (!Encloses(owner, symbol.Owner)) throw Strangers(op, inputs);
        }

        if (owner is null) return scopes.Interpreter;
        // Inside a trace everything belongs to the innermost one, which captures the tensors of those around it.
        if (ReferenceEquals(owner, scopes.Interpreter) || scopes.Interpreter is null && owner is IAmbientFree free && free.AcceptsOutside) return (IInterpreter)owner;
        if (scopes.Interpreter is { } inner && Encloses(inner, owner)) return inner;
        throw new TapestryException(
            op.Name,
            "a symbolic tensor is used outside the function that it belongs to",
            new InferContext(inputs, []).Describe(),
            "tensors with values, or tensors of the function that is being traced",
            "Return the tensor from the function instead of keeping it, and use what the call gives.");
    }

    static bool Encloses(object inner, object outer)
    {
        for (var scope = inner as IEnclosed; scope is not null; scope = scope.Enclosing)
        {
            if (ReferenceEquals(scope, outer)) return true;
        }

        return false;
    }

    static TapestryException Strangers(Op op, ReadOnlySpan<Tensor> inputs) => new(
        op.Name,
        "the inputs are symbolic tensors of different functions or models",
        new InferContext(inputs, []).Describe(),
        "tensors of one function",
        "Pass what the other function returned as an argument.");

    static void Notify(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, Scopes scopes)
    {
        foreach (var observer in scopes.Observers) observer.Applied(op, inputs, outputs);
    }

    [InlineArray(2)]
    struct Pair
    {
        internal Tensor First;
    }
}

/// <summary>An interpreter that lives inside another one and may use its tensors.</summary>
interface IEnclosed
{
    /// <summary>The interpreter around this one, or null.</summary>
    IEnclosed? Enclosing { get; }
}

/// <summary>An interpreter whose tensors may be used while it is not ambient: the recorder of functional models.</summary>
interface IAmbientFree
{
    /// <summary>True when its tensors may be used where no interpreter is ambient.</summary>
    bool AcceptsOutside { get; }
}
