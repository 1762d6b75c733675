namespace Tapestry.Compiler;

/// <summary>One stretch of memory that values share by the time at which they live.</summary>
sealed class MemoryPlan
{
    const int Alignment = 64;

    readonly List<(long Start, long Length)> free = [];
    long end;

    /// <summary>The size of the whole stretch.</summary>
    internal long Size => end;

    /// <summary>Takes the tightest gap that is large enough, or extends the stretch.</summary>
    internal long Take(long bytes)
    {
        bytes = Rounded(bytes);
        var best = -1;
        for (var i = 0; i < free.Count; i++)
        {
            if (free[i].Length >= bytes && (best < 0 || free[i].Length < free[best].Length)) best = i;
        }

        if (best >= 0)
        {
            var (start, length) = free[best];
            if (length == bytes) free.RemoveAt(best);
            else free[best] = (start + bytes, length - bytes);
            return start;
        }

        // The last gap may touch the end: then only the missing part is added.
        if (free.Count > 0 && free[^1] is var (lastStart, lastLength) && lastStart + lastLength == end)
        {
            free.RemoveAt(free.Count - 1);
            end = lastStart + bytes;
            return lastStart;
        }

        var taken = end;
        end += bytes;
        return taken;
    }

    /// <summary>Gives memory back; neighbouring gaps grow together.</summary>
    internal void Return(long start, long bytes)
    {
        bytes = Rounded(bytes);
        var at = free.FindIndex(gap => gap.Start > start);
        if (at < 0) at = free.Count;
        if (at < free.Count && start + bytes == free[at].Start)
        {
            bytes += free[at].Length;
            free.RemoveAt(at);
        }

        if (at > 0 && free[at - 1].Start + free[at - 1].Length == start)
        {
            start = free[at - 1].Start;
            bytes += free[at - 1].Length;
            free.RemoveAt(--at);
        }

        free.Insert(at, (start, bytes));
    }

    static long Rounded(long bytes) => (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;
}
