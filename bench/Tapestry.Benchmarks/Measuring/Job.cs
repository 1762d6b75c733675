namespace Tapestry.Benchmarks.Measuring;

/// <summary>
/// One piece of work that is done by this library and by libtorch, on equal numbers. A job is one class in one file; it is found by a scan.
/// Every member that touches TorchSharp has "Libtorch" in its name or is <see cref="CheckEqual"/>: the others must run where the native library is missing.
/// </summary>
abstract class Job
{
    /// <summary>What the table calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What is asked of it.</summary>
    public abstract Bar Bar { get; }

    /// <summary>Useful floating-point operations of one run (a multiplication and an addition are two), or null where the share of the limit says nothing.</summary>
    public virtual double? Operations => null;

    /// <summary>Whether libtorch needs its gradient mode.</summary>
    public virtual bool Differentiates => false;

    /// <summary>Whether <see cref="RunLibtorchBest"/> says something that <see cref="RunLibtorch"/> does not.</summary>
    public virtual bool HasLibtorchBest => false;

    /// <summary>Whether ONNX Runtime does this job too.</summary>
    public virtual bool HasOnnxRuntime => false;

    /// <summary>Makes inputs and weights from a seed, and everything of ours that is not measured.</summary>
    public abstract void Prepare(int seed);

    /// <summary>Copies inputs and weights into libtorch.</summary>
    public abstract void PrepareLibtorch();

    /// <summary>The work, by us.</summary>
    public abstract void RunOurs();

    /// <summary>The work by libtorch in its default form: contiguous tensors, the optimizers as TorchSharp has them.</summary>
    public abstract void RunLibtorch();

    /// <summary>The work in the form that is fastest in libtorch (channels last, fused optimizer, script), as far as TorchSharp reaches it.</summary>
    public virtual void RunLibtorchBest() => throw new InvalidOperationException($"{Name} has no best form.");

    /// <summary>Gives the work to ONNX Runtime, and compares a result with ours.</summary>
    /// <exception cref="DisagreementException">The results differ.</exception>
    public virtual void PrepareOnnxRuntime(int threads) => throw new InvalidOperationException($"{Name} has no form for ONNX Runtime.");

    /// <summary>The work by ONNX Runtime.</summary>
    public virtual void RunOnnxRuntime() => throw new InvalidOperationException($"{Name} has no form for ONNX Runtime.");

    /// <summary>Does the work once on both sides, and compares. Called before measuring, on fresh weights.</summary>
    /// <exception cref="DisagreementException">The results differ.</exception>
    public abstract void CheckEqual();

    /// <summary>All that our last runs have made, where ours is compiled and writes over the results of the call before: what must have the same bits on any number of threads. Else nothing.</summary>
    public virtual IReadOnlyList<Tensor> CompiledResults => [];
}
