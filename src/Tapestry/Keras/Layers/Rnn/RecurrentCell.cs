namespace Tapestry.Keras.Layers;

/// <summary>One step of a recurrent layer: from an entry of a sequence and the states so far to an output and the next states.</summary>
/// <remarks>
/// Called as a layer it takes the entry and, as the argument <c>states</c>, the list of its states, zeros by default; it gives the output and the list of the
/// next states.
/// A recurrent layer calls its parts instead: what depends on the input alone is computed for all steps at once.
/// Weights: <c>kernel</c>, <c>recurrent_kernel</c> and, unless turned off, <c>bias</c>.
/// </remarks>
public abstract class RecurrentCell : Layer
{
    readonly SeedGenerator seeds;

    private protected RecurrentCell(int units, double dropout, double recurrentDropout, int? seed, string? name)
        : base(name)
    {
        Units = units > 0 ? units : throw new TapestryException(Name, "units is not positive", $"{units}", "1 or more");
        Dropout = Math.Clamp(dropout, 0, 1);
        RecurrentDropout = Math.Clamp(recurrentDropout, 0, 1);
        Seed = seed;
        seeds = new SeedGenerator(seed);
    }

    /// <summary>The size of the output.</summary>
    public int Units { get; }

    /// <summary>The share of the input's elements that is dropped in training, the same ones at all steps.</summary>
    public double Dropout { get; }

    /// <summary>The share of the state's elements that is dropped in training, the same ones at all steps.</summary>
    public double RecurrentDropout { get; }

    /// <summary>Decides which elements are dropped, or null.</summary>
    public int? Seed { get; }

    /// <summary>The dtype of the weights: that of the layer that runs the cell.</summary>
    internal DType WeightDType { get => field ?? DType; set; }

    /// <summary>The sizes of the states.</summary>
    internal abstract int[] StateSizes { get; }

    /// <summary>Entries (…, features) with a share of the elements dropped; <paramref name="pattern"/> is 1 where the pattern does not change.</summary>
    internal Tensor DropInputs(Tensor x, bool training, Shape? pattern) => training && Dropout > 0 ? Ops.StatelessDropout(x, Dropout, seeds.Next(), pattern) : x;

    /// <summary>Factors for the state that drop a share of its elements; null where none are.</summary>
    internal Tensor? RecurrentFactors(Tensor state, bool training) => training && RecurrentDropout > 0 ? Ops.StatelessDropout(Ops.OnesLike(state), RecurrentDropout, seeds.Next()) : null;

    /// <summary>What depends on the input alone, for one entry or for many.</summary>
    internal abstract Tensor Project(Tensor x);

    /// <summary>The next states, of which the first is the output.</summary>
    /// <param name="projected">What <see cref="Project"/> gave for the entry.</param>
    /// <param name="states">The states so far.</param>
    /// <param name="factors">Factors for the first state on its way into the recurrent kernel, or null.</param>
    internal abstract Tensor[] Step(Tensor projected, IReadOnlyList<Tensor> states, Tensor? factors);

    /// <summary>All steps at once: every output, laid out [step, batch, units], and the last states; null when the cell has no kernel for its configuration.</summary>
    /// <param name="projected">What <see cref="Project"/> gave for all entries, [step, batch, …].</param>
    /// <param name="states">The first states.</param>
    internal virtual (Tensor Outputs, Tensor[] States)? AllSteps(Tensor projected, IReadOnlyList<Tensor> states) => null;

    /// <summary>The states to start with, for a batch of projected entries.</summary>
    internal Tensor[] Zeros(Tensor projected) => [.. StateSizes.Select(size => Ops.ZerosLike(projected[TensorIndex.Ellipsis, ..size]))];

    /// <summary>The states given by a caller, checked.</summary>
    internal Tensor[] States(Nest given, string subject)
    {
        var states = given.Flatten().ToArray();
        if (states.Length != StateSizes.Length || states.Where((state, i) => state.Rank != 2 || state.Shape[1] != StateSizes[i]).Any())
        {
            throw new TapestryException(subject, "the states do not fit", given.Describe(), $"{StateSizes.Length} tensors of shape (batch, {string.Join(" or ", StateSizes.Distinct())})");
        }

        return states;
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        var projected = Project(DropInputs(inputs.Single(), context.Training, null));
        var states = context["states"] is { } given ? States(given, Name) : Zeros(projected);
        var next = Step(projected, states, RecurrentFactors(states[0], context.Training));
        return Nest.List([next[0], Nest.List(next.Select(state => (Nest)state))]);
    }
}
