using System.Collections;

namespace Tapestry;

/// <summary>
/// A sequence of elements that can be walked again and again, and the transformations of such sequences. Nothing is computed before
/// somebody walks. An element is a <see cref="Nest"/>: a tensor, or a tuple, list or dictionary of tensors.
/// </summary>
/// <remarks>
/// Transformations are extensions, one file each. Source: <c>tf.data.Dataset</c>.
/// <code>
/// var batches = Dataset.FromTensorSlices((Ops.Ones([10, 2]), Ops.Zeros([10]))).Shuffle(10, seed: 1).Batch(4);
/// foreach (var (x, y) in batches) Console.WriteLine($"{x.Shape} {y.Shape}");
/// </code>
/// </remarks>
public abstract class Dataset : IEnumerable<Nest>
{
    /// <summary>The number of elements; null when it is not known without walking.</summary>
    public virtual long? Cardinality => null;

    /// <summary>One element for each position of the first dimension of all tensors.</summary>
    /// <param name="tensors">A tensor or structure of tensors of equal first dimensions.</param>
    /// <exception cref="TapestryException">The first dimensions differ, or a tensor is a scalar.</exception>
    public static Dataset FromTensorSlices(Nest tensors) => new TensorSlices(tensors);

    /// <summary>A single element.</summary>
    /// <param name="tensors">A tensor or structure of tensors.</param>
    public static Dataset FromTensors(Nest tensors) => new Sequence("FromTensors", 1, () => [tensors]);

    /// <summary>The elements of a sequence that can be walked again.</summary>
    /// <param name="elements">The elements; each is converted as <see cref="Nest"/> converts.</param>
    public static Dataset FromEnumerable(IEnumerable<Nest> elements) => new Sequence("FromEnumerable", (elements as ICollection<Nest>)?.Count, () => elements);

    /// <summary>The elements that a generator gives; it is started anew for each walk.</summary>
    /// <param name="generator">Gives a fresh sequence at each call.</param>
    public static Dataset FromGenerator(Func<IEnumerable<Nest>> generator) => new Sequence("FromGenerator", null, generator);

    /// <summary>The integers from <paramref name="start"/> up to but without <paramref name="stop"/>, as int64 scalars.</summary>
    public static Dataset Range(long start, long stop, long step = 1)
    {
        if (step == 0) throw new TapestryException("Dataset.Range", "a step of 0 never ends", "0", "a step other than 0");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        return new Sequence("Range", count, () => Count(start, count, step));
    }

    /// <summary>The integers from 0 up to but without <paramref name="stop"/>, as int64 scalars.</summary>
    public static Dataset Range(long stop) => Range(0, stop);

    /// <summary>Walks the elements from the beginning.</summary>
    public abstract IEnumerator<Nest> GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static IEnumerable<Nest> Count(long start, long count, long step)
    {
        for (var i = 0L; i < count; i++) yield return (Tensor)(start + i * step);
    }
}

/// <summary>A dataset that a function makes anew for each walk; a fault in it names the transformation.</summary>
sealed class Sequence(string name, long? cardinality, Func<IEnumerable<Nest>> walk) : Dataset
{
    public override long? Cardinality => cardinality;

    public override IEnumerator<Nest> GetEnumerator()
    {
        using var elements = walk().GetEnumerator();
        for (var position = 0L; ; position++)
        {
            Nest element;
            try
            {
                if (!elements.MoveNext()) yield break;
                element = elements.Current;
            }
            catch (Exception fault) when (fault is not (TapestryException or OperationCanceledException))
            {
                throw new TapestryException($"Dataset.{name}", $"element {position} could not be made: {fault.Message}", fault.GetType().Name, remedy: "The inner exception has the place.", inner: fault);
            }

            yield return element;
        }
    }
}
