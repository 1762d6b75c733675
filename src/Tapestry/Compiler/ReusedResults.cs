namespace Tapestry.Compiler;

/// <summary>What one thread was given by a trace that writes its results over those of the call before: the tensors, and the structure they were last handed over in.</summary>
/// <param name="count">How many tensors the trace gives.</param>
sealed class ReusedResults(int count)
{
    readonly Tensor[] packed = new Tensor[count];
    object? value;

    /// <summary>The tensors.</summary>
    internal Tensor[] Tensors { get; } = new Tensor[count];

    /// <summary>Results that a call reads as its arguments are not written over by it: others take their place.</summary>
    internal void KeepOff(ReadOnlySpan<Tensor> arguments)
    {
        foreach (ref var result in Tensors.AsSpan())
        {
            if (result is null) continue;
            foreach (var argument in arguments)
            {
                if (!argument.Overlaps(result)) continue;
                result = null!;
                break;
            }
        }
    }

    /// <summary>The tensors in their structure: that of the call before while it holds the same ones, as it does unless shapes change.</summary>
    /// <param name="structure">The structure, with numbers in the places of tensors.</param>
    internal T In<T>(Nest structure)
    {
        if (value is T kept && packed.AsSpan().SequenceEqual(Tensors) && (value is not Tensor[] array || array.AsSpan().SequenceEqual(Tensors))) return kept;
        var made = NestConversion<T>.From(TracedFunction.Pack(structure, Tensors));
        Tensors.CopyTo(packed, 0);
        // Lists and dictionaries can be changed by those who were given them.
        value = made is Tensor[] or Nest or System.Runtime.CompilerServices.ITuple ? made : null;
        return made;
    }
}
