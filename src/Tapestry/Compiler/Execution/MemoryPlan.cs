namespace Tapestry.Compiler;

/// <summary>
/// The memory that values share by the time at which they live: one stretch of numbers, cut into segments that become one array each, since an array cannot be larger
/// than 2 GiB. No value lies across a cut.
/// </summary>
/// <param name="segmentSize">Bytes of a segment; a value that is larger begins at a cut and has the next ones to itself.</param>
sealed class MemoryPlan(long segmentSize = 1L << 30)
{
    const int Alignment = 64;

    readonly List<Gap> free = [];
    long end;

    /// <summary>Where the last value ends.</summary>
    internal long Size => end;

    /// <summary>Bytes of a segment.</summary>
    internal long SegmentSize => segmentSize;

    /// <summary>Takes the tightest gap that is large enough, or extends the stretch.</summary>
    internal long Take(long bytes)
    {
        bytes = Rounded(bytes);
        var best = -1;
        for (var i = 0; i < free.Count; i++)
        {
            if (free[i].Length >= bytes && FitsAt(free[i].Start, bytes) && (best < 0 || free[i].Length < free[best].Length)) best = i;
        }

        if (best >= 0)
        {
            var (start, length) = free[best];
            if (length == bytes) free.RemoveAt(best);
            else free[best] = new Gap(start + bytes, length - bytes);
            return start;
        }

        // The last gap may touch the end: then only the missing part is added.
        if (free.Count > 0 && free[^1] is var (lastStart, lastLength) && lastStart + lastLength == end && FitsAt(lastStart, bytes))
        {
            free.RemoveAt(free.Count - 1);
            end = lastStart + bytes;
            return lastStart;
        }

        if (!FitsAt(end, bytes))
        {
            var cut = (end / segmentSize + 1) * segmentSize;
            free.Add(new Gap(end, cut - end));
            end = cut;
        }

        var taken = end;
        end += bytes;
        return taken;
    }

    bool FitsAt(long start, long bytes) => start % segmentSize == 0 || start % segmentSize + bytes <= segmentSize;

    /// <summary>Gives memory back; neighbouring gaps grow together.</summary>
    internal void Return(long start, long bytes)
    {
        bytes = Rounded(bytes);
        var at = free.FindIndex(gap => gap.Start > start);
        if (at < 0) at = free.Count;
        if (at < free.Count && start + bytes == free[at].Start && !IsCut(free[at].Start))
        {
            bytes += free[at].Length;
            free.RemoveAt(at);
        }

        if (at > 0 && free[at - 1].Start + free[at - 1].Length == start && !IsCut(start))
        {
            start = free[at - 1].Start;
            bytes += free[at - 1].Length;
            free.RemoveAt(--at);
        }

        free.Insert(at, new Gap(start, bytes));
    }

    bool IsCut(long place) => place % segmentSize == 0;

    sealed record Gap(long Start, long Length);

    static long Rounded(long bytes) => (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;
}
