using Tapestry.Kernels.Memory;

namespace Tapestry;

/// <summary>One operation as a tape remembers it: who it was applied to, and the values that its gradient will read.</summary>
sealed class TapeRecord
{
    readonly Tensor[] tensors;
    readonly int inputCount;

    internal TapeRecord(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Op = op;
        inputCount = inputs.Length;
        tensors = new Tensor[inputs.Length + outputs.Length];
        Ids = new long[tensors.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            var isInput = i < inputs.Length;
            var tensor = isInput ? inputs[i] : outputs[i - inputs.Length];
            Ids[i] = TensorIdentity.Of(tensor);
            tensors[i] = (isInput ? op.SavesInput(i) : op.SavesOutput(i - inputs.Length)) ? tensor : WithoutValues(tensor);
        }
    }

    /// <summary>The operation.</summary>
    internal Op Op { get; }

    /// <summary>The identities of the inputs, then those of the outputs.</summary>
    internal long[] Ids { get; }

    /// <summary>The inputs.</summary>
    internal ReadOnlyMemory<Tensor> Inputs => tensors.AsMemory(0, inputCount);

    /// <summary>The outputs.</summary>
    internal ReadOnlyMemory<Tensor> Outputs => tensors.AsMemory(inputCount);

    /// <summary>The identities of the inputs.</summary>
    internal ReadOnlySpan<long> InputIds => Ids.AsSpan(0, inputCount);

    /// <summary>The identities of the outputs.</summary>
    internal ReadOnlySpan<long> OutputIds => Ids.AsSpan(inputCount);

    // Small values are not worth a stand-in.
    static Tensor WithoutValues(Tensor tensor) =>
        tensor.IsSymbolic || (long)tensor.Size * tensor.DType.Size <= BlockPool.Threshold ? tensor : new Tensor(tensor.DType, tensor.Shape, null, 0, null);
}

/// <summary>Numbers tensors when a tape first looks at them.</summary>
static class TensorIdentity
{
    static long last;

    /// <summary>Refuses a number written in the program: operations take its value, so that nothing would ever depend on the tensor.</summary>
    internal static void RequireOwn(string subject, Tensor tensor)
    {
        if (tensor.Weakness == ScalarKind.None) return;
        throw new TapestryException(subject, "a bare number is no tensor that could be followed", tensor.ToString(), "a tensor with a dtype of its own", "Make it with Ops.Constant.");
    }

    /// <summary>The number of a tensor.</summary>
    internal static long Of(Tensor tensor)
    {
        var id = Volatile.Read(ref tensor.RecordId);
        if (id != 0) return id;
        Interlocked.CompareExchange(ref tensor.RecordId, Interlocked.Increment(ref last), 0);
        return tensor.RecordId;
    }
}
