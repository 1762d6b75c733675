using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>
/// Records the operations on watched tensors and variables, and gives the gradients of what came out. Trainable variables are watched
/// when they are read; tensors are watched by <see cref="Watch(Tensor)"/>.
/// </summary>
/// <remarks>
/// Recording starts with the construction and ends with <see cref="Dispose"/>, or, for a tape that is not persistent, when the first
/// gradient is asked for. Tapes nest: gradients taken inside an outer tape are recorded by it, which gives higher derivatives.
/// Source: <c>tf.GradientTape</c>.
/// <code>
/// var x = Ops.Constant(3f);
/// using var tape = new GradientTape();
/// tape.Watch(x);
/// var y = x * x;
/// Console.WriteLine(tape.Gradient(y, x));   // tf.Tensor(6.0, shape=(), dtype=float32)
/// </code>
/// </remarks>
public sealed class GradientTape : IDisposable
{
    readonly TapeObserver observer;
    readonly bool persistent;
    bool consumed;

    /// <summary>Starts to record.</summary>
    /// <param name="persistent">Whether gradients may be asked for more than once; such a tape keeps its memory until it is gone.</param>
    /// <param name="watchAccessedVariables">Whether trainable variables are watched by themselves when they are read.</param>
    public GradientTape(bool persistent = false, bool watchAccessedVariables = true)
    {
        this.persistent = persistent;
        observer = new TapeObserver(watchAccessedVariables);
        observer.Start();
    }

    /// <summary>The variables that were watched, in the order of their creation.</summary>
    public IReadOnlyList<Variable> WatchedVariables => observer.WatchedVariables;

    /// <summary>Watches a tensor from now on.</summary>
    public void Watch(Tensor tensor) => observer.Watch(tensor);

    /// <summary>Watches a variable, trainable or not, from its next reading on.</summary>
    public void Watch(Variable variable) => observer.Watch(variable);

    /// <summary>Watches every tensor and variable of a structure.</summary>
    /// <exception cref="TapestryException">A member is neither.</exception>
    public void Watch(Nest structure)
    {
        foreach (var leaf in structure.FlattenLeaves())
        {
            if (leaf is Variable variable) Watch(variable);
            else if (leaf is Tensor tensor) Watch(tensor);
            else throw new TapestryException("GradientTape.Watch", "only tensors and variables can be watched", leaf?.ToString() ?? "null", "a tensor or a variable");
        }
    }

    /// <summary>The gradient of a tensor with respect to another: of the sum of the target's elements, or weighted by <paramref name="outputGradients"/>.</summary>
    /// <param name="target">What is differentiated.</param>
    /// <param name="source">A watched tensor.</param>
    /// <param name="outputGradients">Weights of the elements of the target, of its shape; ones by default.</param>
    /// <param name="unconnectedGradients">What comes out where the target does not depend on the source.</param>
    /// <returns>A tensor of the shape of the source, or null when unconnected.</returns>
    /// <exception cref="TapestryException">The tape was used already and is not persistent.</exception>
    public Tensor? Gradient(Tensor target, Tensor source, Tensor? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        Gradients([target], [source], outputGradients is null ? null : [outputGradients], unconnectedGradients)[0];

    /// <summary>The gradient of a tensor with respect to a variable; see <see cref="Gradient(Tensor, Tensor, Tensor?, UnconnectedGradients)"/>.</summary>
    public Tensor? Gradient(Tensor target, Variable source, Tensor? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        Gradients([target], [source], outputGradients is null ? null : [outputGradients], unconnectedGradients)[0];

    /// <summary>The gradients of a tensor with respect to several variables, in their order; null where unconnected.</summary>
    [OverloadResolutionPriority(1)] // An array of sources would convert to one tensor, too.
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Variable> sources, Tensor? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        Gradients([target], sources, outputGradients is null ? null : [outputGradients], unconnectedGradients);

    /// <summary>The gradients of a tensor with respect to several tensors, in their order; null where unconnected.</summary>
    [OverloadResolutionPriority(1)] // An array of sources would convert to one tensor, too.
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Tensor> sources, Tensor? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        Gradients([target], sources, outputGradients is null ? null : [outputGradients], unconnectedGradients);

    /// <summary>The gradients of a tensor with respect to a structure of tensors and variables, in the same structure.</summary>
    public Nest Gradient(Tensor target, Nest sources, Tensor? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        sources.Pack(Gradients([target], sources.FlattenLeaves(), outputGradients is null ? null : [outputGradients], unconnectedGradients));

    /// <summary>The gradients of the sum of several targets with respect to a structure of sources, in the same structure.</summary>
    /// <param name="target">One or more tensors.</param>
    /// <param name="sources">Tensors and variables in any structure.</param>
    /// <param name="outputGradients">One weight tensor per target, in the structure of <paramref name="target"/>; ones by default.</param>
    /// <param name="unconnectedGradients">What comes out where the targets do not depend on a source.</param>
    public Nest Gradient(Nest target, Nest sources, Nest? outputGradients = null, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None)
    {
        var results = Gradients(target.FlattenLeaves(), sources.FlattenLeaves(), outputGradients?.FlattenLeaves(), unconnectedGradients);
        return sources.Pack(results);
    }

    /// <summary>
    /// The derivatives of every element of the target with respect to every element of the source: shape <c>target.Shape + source.Shape</c>.
    /// </summary>
    /// <exception cref="TapestryException">A dimension of the target is unknown, or the tape was used already.</exception>
    public Tensor? Jacobian(Tensor target, Tensor source, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        TapeJacobian.Full(this, target, source, source.Shape, unconnectedGradients);

    /// <summary>The derivatives of every element of the target with respect to every element of a variable.</summary>
    public Tensor? Jacobian(Tensor target, Variable source, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        TapeJacobian.Full(this, target, source, source.Shape, unconnectedGradients);

    /// <summary>
    /// The Jacobian of each sample of a batch by itself: for a target of shape <c>[b, …y]</c> and a source of shape <c>[b, …x]</c> it has
    /// shape <c>[b, …y, …x]</c>. Each sample of the target must depend on the same sample of the source only.
    /// </summary>
    /// <exception cref="TapestryException">The batch sizes differ, or a rank is 0.</exception>
    public Tensor? BatchJacobian(Tensor target, Tensor source, UnconnectedGradients unconnectedGradients = UnconnectedGradients.None) =>
        TapeJacobian.PerSample(this, target, source, unconnectedGradients);

    /// <summary>Records nothing until the result is disposed.</summary>
    /// <exception cref="TapestryException">The tape is not recording.</exception>
    public IDisposable StopRecording()
    {
        if (!observer.IsRecording) throw new TapestryException("GradientTape.StopRecording", "the tape is not recording", expected: "a tape between its construction and its disposal");
        observer.Stop();
        return new Resumption(observer);
    }

    /// <summary>Records again after <see cref="Dispose"/>, adding to what is there.</summary>
    /// <exception cref="TapestryException">The tape is recording.</exception>
    public IDisposable Resume()
    {
        if (observer.IsRecording) throw new TapestryException("GradientTape.Resume", "the tape is recording already", remedy: "End the first recording before you start the second.");
        observer.Start();
        return this;
    }

    /// <summary>Forgets everything that was recorded and watched.</summary>
    public void Reset()
    {
        observer.Clear();
        consumed = false;
    }

    /// <summary>Ends the recording. Gradients may still be asked for.</summary>
    public void Dispose() => observer.Stop();

    internal Tensor?[] Gradients(IReadOnlyList<object?> targets, IReadOnlyList<object?> sources, IReadOnlyList<object?>? outputGradients, UnconnectedGradients unconnectedGradients)
    {
        RequireUnused();
        if (!persistent)
        {
            observer.Stop();
            consumed = true;
        }

        var results = observer.Gradients(targets, sources, outputGradients, unconnectedGradients);
        if (!persistent) observer.Clear();
        return results;
    }

    /// <summary>Several gradients of one recording, even of a tape that is not persistent, which is used up by them.</summary>
    internal T Several<T>(Func<TapeObserver, T> ask)
    {
        RequireUnused();
        if (!persistent)
        {
            observer.Stop();
            consumed = true;
        }

        var results = ask(observer);
        if (!persistent) observer.Clear();
        return results;
    }

    void RequireUnused()
    {
        if (consumed) throw new TapestryException("GradientTape", "a tape that is not persistent gives one set of gradients", "a second request", "one request, or a persistent tape", remedy: "Create it with persistent: true, or ask for all sources at once.");
    }

    sealed class Resumption(TapeObserver observer) : IDisposable
    {
        public void Dispose() => observer.Start();
    }
}

/// <summary>What a tape gives for a source on which the target does not depend.</summary>
public enum UnconnectedGradients
{
    /// <summary>Null.</summary>
    None,

    /// <summary>Zeros of the shape of the source.</summary>
    Zero,
}
