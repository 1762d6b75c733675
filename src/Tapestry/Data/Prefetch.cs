using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Tapestry;

/// <summary>Makes elements ahead of their use.</summary>
public static class PrefetchTransformation
{
    extension(Dataset dataset)
    {
        /// <summary>Makes elements on a thread of their own while earlier ones are used. An exception there is thrown here, where the element is asked for.</summary>
        /// <param name="bufferSize">How many elements may wait.</param>
        /// <exception cref="TapestryException">The size is below 1.</exception>
        public Dataset Prefetch(int bufferSize = 2)
        {
            if (bufferSize < 1) throw new TapestryException("Dataset.Prefetch", "the buffer size is below 1", bufferSize.ToString(), "1 or more");
            return new Prefetched(dataset, bufferSize);
        }
    }

    sealed class Prefetched(Dataset dataset, int bufferSize) : Dataset
    {
        public override long? Cardinality => dataset.Cardinality;

        public override IEnumerator<Nest> GetEnumerator()
        {
            using var buffer = new BlockingCollection<Nest>(bufferSize);
            using var ended = new CancellationTokenSource();
            ExceptionDispatchInfo? fault = null;
            var producer = new Thread(() => fault = Produce(buffer, ended.Token)) { IsBackground = true, Name = "Tapestry prefetch" };
            producer.Start();
            try
            {
                foreach (var element in buffer.GetConsumingEnumerable()) yield return element;
                producer.Join();
                fault?.Throw();
            }
            finally
            {
                ended.Cancel();
                producer.Join();
            }
        }

        ExceptionDispatchInfo? Produce(BlockingCollection<Nest> buffer, CancellationToken ended)
        {
            try
            {
                foreach (var element in dataset) buffer.Add(element, ended);
                return null;
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception exception)
            {
                return ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                buffer.CompleteAdding();
            }
        }
    }
}
