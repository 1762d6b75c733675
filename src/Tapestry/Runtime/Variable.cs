using System.Diagnostics;

namespace Tapestry;

/// <summary>
/// A value that changes: the weight of a layer, the state of an optimizer. It converts to a tensor wherever one is expected;
/// such a tensor is a snapshot that later assignments leave alone.
/// </summary>
/// <remarks>Source: <c>tf.Variable</c>. Shape and dtype stay what they are from the beginning.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Variable
{
    static long created;

    Tensor current;
    bool isShared;
    long version = 1;
    PreparedValues? prepared;

    /// <summary>Creates a variable.</summary>
    /// <param name="initialValue">The first value.</param>
    /// <param name="trainable">Whether tapes watch it by themselves and optimizers find it among the trainable weights.</param>
    /// <param name="name">A name for messages and files.</param>
    /// <param name="dtype">The dtype; that of the value by default.</param>
    /// <exception cref="TapestryException">The initial value is symbolic.</exception>
    public Variable(Tensor initialValue, bool trainable = true, string? name = null, DType? dtype = null)
    {
        TensorReader.RequireValues(initialValue, $"Variable {name}");
        using (Scopes.Current.Enter(null))
        {
            var value = Ops.Cast(initialValue, dtype ?? initialValue.DType);
            // A variable owns its memory, since compiled functions write into it.
            current = value.Copy();
        }

        DType = current.DType;
        Shape = current.Shape;
        Trainable = trainable;
        Name = name ?? "Variable";
        Order = Interlocked.Increment(ref created);
        Scopes.Current.Interpreter?.Created(this);
        if (Scopes.Current.CollectsVariables) Scopes.Current.NewVariables.Add(this);
    }

    /// <summary>The name for messages and files; the layer that owns the variable may set it.</summary>
    public string Name { get; internal set; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The dimensions, all of them known.</summary>
    public Shape Shape { get; }

    /// <summary>Whether tapes watch the variable by themselves and optimizers find it among the trainable weights.</summary>
    public bool Trainable { get; set; }

    /// <summary>A snapshot of the value. Inside a traced function, the value at that point of the program.</summary>
    public Tensor Value => Read();

    /// <summary>Where the variable stands: the names of its layers and its own, joined by slashes. The layer that owns the variable sets it.</summary>
    internal string Path { get => field ?? Name; set; }

    /// <summary>What an optimizer does to the value after each of its steps, or null. The layer that owns the variable sets it.</summary>
    internal Func<Tensor, Tensor>? Constraint { get; set; }

    /// <summary>Counts variables in the order in which they were created.</summary>
    internal long Order { get; }

    /// <summary>The memory of the value, for compiled functions, which write into it.</summary>
    internal Tensor Storage => current;

    /// <summary>Counts the values that the variable had, from 1; another one means that the value may be another, too.</summary>
    internal long Version => Volatile.Read(ref version);

    /// <summary>Whether something was made of the present value in advance.</summary>
    internal bool HasPrepared => Volatile.Read(ref prepared)?.Version == Version;

    /// <summary>The value, as a snapshot.</summary>
    public static implicit operator Tensor(Variable variable) => variable.Read();

    /// <summary>Gives the variable a new value.</summary>
    /// <param name="value">A tensor of the same shape; numbers written in C# take the dtype of the variable.</param>
    /// <returns>The variable.</returns>
    /// <exception cref="TapestryException">Shape or dtype differ from those of the variable.</exception>
    public Variable Assign(Tensor value)
    {
        var fitting = Fit(value, "Assign");
        var scopes = Scopes.Current;
        if (scopes.Interpreter is { } interpreter)
        {
            interpreter.Assign(this, fitting);
            return this;
        }

        TensorReader.RequireValues(fitting, $"Variable {Name}");
        Replace(fitting);
        return this;
    }

    /// <summary>Adds to the value.</summary>
    /// <param name="delta">What is added; its shape is that of the variable or broadcasts to it.</param>
    /// <returns>The variable.</returns>
    public Variable AssignAdd(Tensor delta) => Assign(Plus(Fit(delta, "AssignAdd", broadcast: true)));

    /// <summary>Subtracts from the value.</summary>
    /// <param name="delta">What is subtracted; its shape is that of the variable or broadcasts to it.</param>
    /// <returns>The variable.</returns>
    public Variable AssignSub(Tensor delta) => Assign(Minus(Fit(delta, "AssignSub", broadcast: true)));

    /// <summary>The variable as TensorFlow prints it.</summary>
    public override string ToString() => $"<tf.Variable '{Name}' shape={Shape} dtype={DType}, numpy={ArrayPrinter.Print(current)}>";

    /// <summary>A reading, seen by the tapes unless it is only half of an assignment.</summary>
    internal Tensor Read(bool observed = true)
    {
        var scopes = Scopes.Current;
        Tensor value;
        if (scopes.Interpreter is { } interpreter)
        {
            value = interpreter.Read(this);
        }
        else
        {
            isShared = true;
            value = current;
        }

        if (!observed || !scopes.IsObserved) return value;
        // Tapes tell readings apart from other uses of the same memory by the object.
        var reading = value.IsSymbolic ? new Tensor(value.Spec, value.Symbol!) : value.View(value.Shape);
        foreach (var observer in scopes.Observers) observer.Read(this, reading);
        return reading;
    }

    /// <summary>
    /// Memory for a new value: the present one when nobody holds a snapshot of it, else a fresh piece that <see cref="Replace"/> puts in.
    /// </summary>
    internal Tensor WritableStorage()
    {
        if (isShared) return Tensor.Allocate(DType, Shape);
        Change();
        return current;
    }

    /// <summary>What an operation makes of the value, made once while the variable keeps it.</summary>
    internal Tensor Prepared(Op preparation)
    {
        // The version first: a value that changes meanwhile is not taken for the next one.
        var now = Version;
        var values = Volatile.Read(ref prepared);
        if (values?.Version != now) Volatile.Write(ref prepared, values = new PreparedValues(now));
        return values.Of(preparation, current);
    }

    /// <summary>Puts in the memory that a compiled function filled.</summary>
    /// <returns>The memory of the former value if nobody else holds it, for the next value; else null.</returns>
    internal Tensor? Publish(Tensor storage)
    {
        if (ReferenceEquals(storage, current)) return null;
        var former = isShared ? null : current;
        current = storage;
        isShared = false;
        Change();
        return former;
    }

    // Of a gradient that consists of rows only those are added, whichever way it is added.
    Tensor Plus(Tensor delta) => delta.Rows is null ? Read(observed: false) + delta : IndexedSlices.Sum(Read(observed: false), delta);

    Tensor Minus(Tensor delta) => delta.Rows is null ? Read(observed: false) - delta : IndexedSlices.Sum(Read(observed: false), IndexedSlices.Map(delta, Ops.Negative));

    void Replace(Tensor value)
    {
        // The tensor may be held by others, so the variable counts as shared from the start.
        current = value;
        isShared = true;
        Change();
    }

    void Change()
    {
        Interlocked.Increment(ref version);
        prepared = null;
    }

    Tensor Fit(Tensor value, string operation, bool broadcast = false)
    {
        if (value.Weakness != ScalarKind.None) value = Ops.Cast(value, DType);
        if (value.DType != DType) throw Mismatch(operation, "the dtype differs", value, "Use Ops.Cast first.");
        if (!broadcast && !value.Shape.IsCompatibleWith(Shape)) throw Mismatch(operation, "the shape differs", value, "A variable keeps its shape; create another one for another shape.");
        return value;
    }

    TapestryException Mismatch(string operation, string fault, Tensor value, string remedy) =>
        new($"Variable '{Name}'.{operation}", fault, value.Spec.ToString(), new TensorSpec(Shape, DType).ToString(), remedy);
}
