using System.Diagnostics.CodeAnalysis;

namespace Tapestry;

/// <summary>The gradients that have arrived at tensors so far, by identity. Rows wait until they are asked for and are joined once, however many they are.</summary>
sealed class GradientSums
{
    readonly Dictionary<long, Tensor> sums = [];
    Dictionary<long, List<Tensor>>? waiting;

    /// <summary>Adds a gradient to those of a tensor.</summary>
    internal void Add(long id, Tensor gradient)
    {
        if (!sums.TryGetValue(id, out var sum))
        {
            sums[id] = gradient;
        }
        else if (sum.Rows is null || gradient.Rows is null)
        {
            sums[id] = IndexedSlices.Sum(sum, gradient);
        }
        else
        {
            waiting ??= [];
            if (waiting.TryGetValue(id, out var list)) list.Add(gradient);
            else waiting.Add(id, [gradient]);
        }
    }

    /// <summary>The sum of the gradients of a tensor, which is complete and forgotten.</summary>
    internal bool Take(long id, [NotNullWhen(true)] out Tensor? sum)
    {
        if (!sums.Remove(id, out sum)) return false;
        if (waiting is not null && waiting.Remove(id, out var list)) sum = IndexedSlices.Sum([sum, .. list]);
        return true;
    }
}
