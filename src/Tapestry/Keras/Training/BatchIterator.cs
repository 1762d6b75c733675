using Tapestry.Keras.Configuration;

namespace Tapestry.Keras.Training;

/// <summary>
/// Walks over batches. With a given number of steps per epoch it goes on where the epoch before has ended, else each epoch begins anew.
/// </summary>
sealed class BatchIterator(IBatchSource source, bool restarts, bool reuse) : IDisposable
{
    IEnumerator<Tensor[]>? current;
    bool hasNext;
    bool isPending;

    /// <summary>How the tensors of a batch belong together.</summary>
    internal BatchLayout Layout => source.Layout;

    /// <summary>True while there is another batch. Asking gives up the batch before.</summary>
    internal bool HasNext
    {
        get
        {
            if (isPending)
            {
                isPending = false;
                hasNext = current!.MoveNext();
            }

            return hasNext;
        }
    }

    /// <summary>True when the data ended within an epoch of a given number of steps.</summary>
    internal bool RanOut { get; private set; }

    /// <summary>Begins an epoch.</summary>
    internal void Begin(int epoch)
    {
        if (current is null || restarts)
        {
            current?.Dispose();
            current = source.Epoch(epoch, reuse).GetEnumerator();
            (hasNext, isPending) = (current.MoveNext(), false);
        }
    }

    /// <summary>Notes that an epoch of a given number of steps ended too early.</summary>
    internal void Exhaust()
    {
        if (restarts) return;
        RanOut = true;
        Warning.Once("The data ran out, so training ends here. Give at least stepsPerEpoch * epochs batches, or repeat the data set.");
    }

    /// <summary>The next batch.</summary>
    internal Tensor[] Next()
    {
        isPending = true;
        return current!.Current;
    }

    public void Dispose() => current?.Dispose();
}
