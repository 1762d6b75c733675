using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>
/// Operations that run as one loop nest. All work on elements of one space; with reductions the space is a matrix whose rows are the leading
/// dimensions, and values are full, one a row, or results that are complete only at the end.
/// </summary>
sealed class FusionGroup
{
    /// <summary>The most operations of a group: beyond that a loop runs out of registers and the compiler out of patience.</summary>
    internal const int MostMembers = 96;

    internal FusionGroup(int member, int[] space, LaneType? lanes)
    {
        Members.Add(member);
        Space = space;
        Elements = Size(space);
        Lanes = lanes;
    }

    /// <summary>The numbers of the operations, ascending.</summary>
    internal NodeSet Members { get; } = new();

    /// <summary>Operations of others that this group computes once more for itself.</summary>
    internal NodeSet Copies { get; } = new();

    /// <summary>Members and copies, ascending: all that the loop computes.</summary>
    internal NodeSet Computed
    {
        get
        {
            var computed = new NodeSet();
            computed.UnionWith(Members);
            computed.UnionWith(Copies);
            return computed;
        }
    }

    /// <summary>The product whose blocks this group finishes, if any.</summary>
    internal FinishedProduct? Product { get; set; }

    /// <summary>Whether one operation is so long that several vectors of it are to be computed side by side.</summary>
    internal bool IsLong { get; set; }

    /// <summary>Whether a loop of its own is worth while: for more than one operation, or a long one.</summary>
    internal bool IsFused => Members.Count + Copies.Count > 1 || Product is not null || IsLong;

    /// <summary>The dimensions of full values.</summary>
    internal int[] Space { get; }

    /// <summary>Elements of a full value.</summary>
    internal long Elements { get; }

    /// <summary>How many leading dimensions are rows; null without reductions.</summary>
    internal int? RowRank { get; set; }

    /// <summary>What the lanes hold; null as long as there are only truth values.</summary>
    internal LaneType? Lanes { get; }

    /// <summary>Elements of a row.</summary>
    internal long Columns => Size(Space.AsSpan(RowRank!.Value));

    /// <summary>The number of rows.</summary>
    internal long Rows => Size(Space.AsSpan(0, RowRank!.Value));

    /// <summary>Elements of a space.</summary>
    internal static long Size(ReadOnlySpan<int> space)
    {
        var size = 1L;
        foreach (var extent in space) size *= extent;
        return size;
    }

    /// <summary>Whether two groups may have the same loop nest as far as lanes are concerned.</summary>
    internal bool HasLanesOf(FusionGroup other) => Lanes is null || other.Lanes is null || Lanes == other.Lanes;

    /// <summary>A group with the members of both, in the space of this one.</summary>
    internal FusionGroup With(FusionGroup other)
    {
        var joined = new FusionGroup(Members.Min, Space, Lanes ?? other.Lanes) { RowRank = RowRank ?? other.RowRank };
        joined.Members.UnionWith(Members);
        joined.Members.UnionWith(other.Members);
        return joined;
    }

    /// <summary>Whether a shape is that of one value a row, stretching to full ones or not.</summary>
    internal bool IsPerRow(ReadOnlySpan<int> shape, bool stretches)
    {
        if (RowRank is not { } rank) return false;
        if (shape.Length == rank && !stretches) return shape.SequenceEqual(Space.AsSpan(0, rank));
        if (shape.Length != Space.Length || !shape[..rank].SequenceEqual(Space.AsSpan(0, rank))) return false;
        return shape[rank..].IndexOfAnyExcept(1) < 0;
    }

    /// <summary>How a value from outside that broadcasts with full ones lies over the matrix; null when it does not lie evenly.</summary>
    internal MatrixForm? FormOf(ReadOnlySpan<int> shape) => FormOf(shape, RowRank!.Value);

    /// <summary>The same for a matrix whose rows are so many leading dimensions.</summary>
    internal MatrixForm? FormOf(ReadOnlySpan<int> shape, int rank)
    {
        if (shape.IndexOfAnyExcept(1) < 0) return MatrixForm.Scalar;
        Span<int> padded = stackalloc int[Space.Length];
        padded.Fill(1);
        shape.CopyTo(padded[(Space.Length - shape.Length)..]);
        Span<int> leading = padded[..rank], trailing = padded[rank..];
        var ofRows = leading.SequenceEqual(Space.AsSpan(0, rank));
        var ofColumns = trailing.SequenceEqual(Space.AsSpan(rank));
        if (ofRows && ofColumns) return MatrixForm.Full;
        if (ofRows && trailing.IndexOfAnyExcept(1) < 0) return MatrixForm.PerRow;
        return ofColumns && leading.IndexOfAnyExcept(1) < 0 ? MatrixForm.PerColumn : null;
    }
}
