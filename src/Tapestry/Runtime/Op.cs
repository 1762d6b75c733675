using System.Text;
using Tapestry.Kernels.Codegen;

namespace Tapestry;

/// <summary>
/// One operation on tensors. The same object serves eager execution, the tape, the trace of a <c>Function</c> and the compiler;
/// its attributes are the parameters of the record, so equality and printing come from the language.
/// </summary>
/// <remarks>
/// To add an operation, write one record with <see cref="Infer"/>, and, as far as it needs them, <see cref="Gradient"/>,
/// <see cref="Run"/>; and the entry that users call as an extension of <see cref="Ops"/>. Nothing else has to know of it.
/// </remarks>
public abstract record Op
{
    /// <summary>The name in messages, graphs and reports: that of the type without the ending <c>Op</c>.</summary>
    public virtual string Name => GetType().Name is var name && name.EndsWith("Op", StringComparison.Ordinal) ? name[..^2] : name;

    /// <summary>How many tensors come out.</summary>
    public virtual int OutputCount => 1;

    /// <summary>True when the operation does something beside its results (prints, checks), and so must not be dropped or merged.</summary>
    public virtual bool HasEffects => false;

    /// <summary>True when the output is the first input under another shape: no memory of its own, nothing to run.</summary>
    public virtual bool IsView => false;

    /// <summary>True when the shape of an output depends on the values of the inputs, as that of <c>BooleanMask</c> does.</summary>
    public virtual bool HasDynamicShape => false;

    /// <summary>
    /// Determines shape and dtype of every output, and refuses what the operation cannot do. This is the only place where
    /// an operation complains about shapes and dtypes. Dimensions may be unknown (-1) while a function is traced.
    /// </summary>
    public abstract void Infer(ref InferContext context);

    /// <summary>
    /// The gradients of the inputs, given those of the outputs, written in public operations (so that they have gradients
    /// themselves and can be traced). Compute only what <see cref="GradientContext.Needs"/> asks for; inputs left out have no gradient.
    /// </summary>
    /// <exception cref="TapestryException">The operation defines no gradient.</exception>
    public virtual void Gradient(GradientContext context) =>
        throw new TapestryException(Name, "no gradient is defined for this operation", remedy: "Put Ops.StopGradient around its result, or give it one with CustomGradient.Of.");

    /// <summary>
    /// Computes the values of the outputs, whose memory is provided, from those of the inputs. Called neither for views nor while tracing.
    /// </summary>
    public abstract void Run(in KernelContext context);

    /// <summary>True when each element of the only output takes a few instructions on one element of each input, so that it may be computed a second time instead of being kept.</summary>
    internal virtual bool IsCheap => false;

    /// <summary>True when the operation computes every element of its only output from the elements at the same place of its inputs, broadcast, and <see cref="Record"/> can say how.</summary>
    internal virtual bool IsElementwise(ReadOnlySpan<Tensor> inputs) => false;

    /// <summary>
    /// Writes what happens to one element, for the compiler to fuse with what is before and behind. Truth values are masks. Called where
    /// <see cref="IsElementwise"/> holds.
    /// </summary>
    internal virtual Recorder Record(ReadOnlySpan<Recorder> inputs, ReadOnlySpan<Tensor> types) => throw new InvalidOperationException($"{Name} says that it is elementwise, but does not override Record.");

    /// <summary>The reduction of the first input that the operation is for these shapes, for the compiler to fuse; null when it is none.</summary>
    internal virtual FusableReduction? Reduction(ReadOnlySpan<Tensor> inputs, TensorSpec output) => null;

    /// <summary>What the operation is within a sum of terms, for the compiler to leave out those that cancel.</summary>
    internal virtual TermForm Term => TermForm.Other;

    /// <summary>
    /// True when <see cref="Run"/> makes the only output, a matrix whose rows are the last dimension, block by block and calls <see cref="KernelContext.Finish"/> for each that is complete:
    /// then the compiler lets elementwise operations run on the blocks while they are in the cache.
    /// </summary>
    internal virtual bool FinishesBlocks(ReadOnlySpan<Tensor> inputs) => false;

    /// <summary>
    /// The rows that the only output consists of, when the operation only puts rows of an input among zeros: then eager execution gives the output memory only when it is read,
    /// and compiled functions that return it return the rows. Null otherwise.
    /// </summary>
    internal virtual RowList? RowsOf(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>
    /// The smallest inputs on which <see cref="Run"/> takes the way through its kernels that it takes on these, whose dimensions may be unknown: the compiler runs the operation on them beside the
    /// trace, so that the runtime has compiled the kernels when they are needed. Null where that is not worth while, or not without effects.
    /// </summary>
    internal virtual TensorSpec[]? Rehearsal(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>The form of the operation that reads an input as something made of it in advance; null where that is not worth its memory. Asked when a plan is made, with shapes known.</summary>
    internal virtual PreparedForm? Prepared(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>True for loops and branches: operations that hold programs of their own.</summary>
    internal virtual bool HoldsPrograms => false;

    /// <summary>Applies the operation when a graph is replayed; loops and branches under a tape take their programs apart.</summary>
    internal virtual void Replay(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) => Dispatcher.Apply(this, inputs, outputs);

    /// <summary>
    /// Computes an operation whose output shapes are found only by computing it (<see cref="HasDynamicShape"/>), allocating the outputs itself.
    /// </summary>
    internal virtual void Compute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) =>
        throw new InvalidOperationException($"{Name} says that its shape depends on values, but does not override Compute.");

    /// <summary>True when the operation looks at the values of an input, not only at its shape.</summary>
    public virtual bool ReadsValue(int input) => true;

    /// <summary>True when <see cref="Run"/> may write the first output over this input, because it reads each element before it writes it.</summary>
    public virtual bool CanOverwrite(int input) => false;

    /// <summary>True when <see cref="Gradient"/> reads the values of this input; a tape keeps only those.</summary>
    public virtual bool SavesInput(int input) => true;

    /// <summary>True when <see cref="Gradient"/> reads the values of this output; a tape keeps only those.</summary>
    public virtual bool SavesOutput(int output) => true;

    /// <summary>
    /// A tensor that the output is equal to without computing anything, for these particular inputs (multiplying by one, transposing back);
    /// null where there is none. Used when a function is compiled.
    /// </summary>
    public virtual Tensor? Simplify(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>
    /// The operation that makes of the inputs what <paramref name="next"/> makes of the only output: the same bits with less work. Null where none is known. Used when a function is compiled
    /// and nobody else reads the output.
    /// </summary>
    /// <param name="next">The operation that reads the output.</param>
    /// <param name="place">Which of its inputs the output is.</param>
    /// <param name="inputs">The inputs of this operation.</param>
    /// <param name="nextInputs">The inputs of the other.</param>
    internal virtual Op? Absorb(Op next, int place, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> nextInputs) => null;

    /// <summary>Applies the operation, which has one output, to one tensor.</summary>
    public Tensor Apply(Tensor x) => Dispatcher.Apply(this, x);

    /// <summary>Applies the operation, which has one output, to two tensors.</summary>
    public Tensor Apply(Tensor a, Tensor b) => Dispatcher.Apply(this, a, b);

    /// <summary>Applies the operation, which has one output.</summary>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs) => Dispatcher.ApplyOne(this, inputs);

    /// <summary>Applies the operation and gives all its outputs.</summary>
    public Tensor[] ApplyAll(params ReadOnlySpan<Tensor> inputs)
    {
        var outputs = new Tensor[OutputCount];
        Dispatcher.Apply(this, inputs, outputs);
        return outputs;
    }

    /// <summary>Prints the attributes of the operation, and nothing that is the same for all operations of its kind.</summary>
    /// <param name="builder">What is printed to.</param>
    /// <returns>Whether anything was printed: nothing here, derived records add their own attributes.</returns>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>An error about the arguments of this operation, naming all of them.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="context">The inputs.</param>
    /// <param name="expected">What would be right.</param>
    /// <param name="remedy">What to do.</param>
    protected TapestryException Refuse(string fault, in InferContext context, string expected, string? remedy = null) =>
        new(Name, fault, context.Describe(), expected, remedy);
}
