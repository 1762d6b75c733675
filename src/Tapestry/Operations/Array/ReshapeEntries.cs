namespace Tapestry;

/// <summary>The elements of each entry along the first axis in another shape; the first axis stays.</summary>
/// <param name="Entry">The dimensions behind the first; one may be -1 and follows from the others.</param>
public sealed record ReshapeEntriesOp(Shape Entry) : Op
{
    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        if (shape.Rank == 0) throw Refuse("a scalar has no first axis", context, "at least one dimension");
        var given = shape[1..].Size;
        var entry = Entry.ToArray();
        var unknown = Array.IndexOf(entry, Shape.Unknown);
        var rest = 1;
        for (var i = 0; i < entry.Length; i++) rest *= i == unknown ? 1 : entry[i];
        if (given != Shape.Unknown && (unknown < 0 ? rest != given : rest == 0 || given % rest != 0)) throw Refuse("the number of elements does not fit", context, $"entries of {(unknown < 0 ? rest : $"a multiple of {rest}")} elements, for the shape {Entry}");
        if (given != Shape.Unknown && unknown >= 0) entry[unknown] = given / rest;
        context.Return(new Shape([shape[0], .. entry]), context.DType(0));
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context) => context.Return(0, Ops.ReshapeLike(context.Upstream(0), context.Input(0)));

    /// <inheritdoc/>
    public override void Run(in KernelContext context) => context.InputTensor(0).CopyTo(context.OutputTensor(0));
}

/// <summary>Offers <see cref="ReshapeEntriesOp"/> to users.</summary>
public static class ReshapeEntriesEntry
{
    extension(Ops)
    {
        /// <summary>The elements of each entry along the first axis (of a batch) in another shape, without a copy.</summary>
        /// <param name="x">A tensor of at least one dimension.</param>
        /// <param name="entry">The dimensions behind the first; one may be -1 (or null) and follows from the others.</param>
        /// <exception cref="TapestryException">The number of elements does not fit, or more than one dimension is to be found.</exception>
        public static Tensor ReshapeEntries(Tensor x, Shape entry)
        {
            if (entry.Dimensions.Count(Shape.Unknown) > 1) throw new TapestryException("ReshapeEntries", $"more than one dimension of {entry} is to be found", x.Spec.ToString(), "at most one -1");
            return new ReshapeEntriesOp(entry).Apply(x);
        }
    }
}
