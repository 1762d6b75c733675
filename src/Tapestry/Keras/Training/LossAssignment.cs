using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry.Keras;

/// <summary>
/// The loss of a model: one for every output, a list with one per output, or a dictionary by the names of outputs. Losses, their names and
/// functions convert by themselves: <c>loss: "mse"</c>, <c>loss: ["mse", "mae"]</c>, <c>loss: new() { ["price"] = "mse" }</c>. Null leaves an output
/// out.
/// </summary>
[CollectionBuilder(typeof(LossAssignment), nameof(Create))]
public sealed class LossAssignment : IEnumerable<LossChoice?>
{
    readonly List<LossChoice?> items = [];
    readonly Dictionary<string, LossChoice?> named = [];

    /// <summary>Creates an empty assignment, to be filled by the names of outputs.</summary>
    public LossAssignment()
    {
    }

    /// <summary>The loss of every output, or null.</summary>
    internal LossChoice? Single { get; private init; }

    /// <summary>The losses by the order of the outputs.</summary>
    internal IReadOnlyList<LossChoice?> Items => items;

    /// <summary>The losses by the names of the outputs.</summary>
    internal IReadOnlyDictionary<string, LossChoice?> Named => named;

    /// <summary>The loss of a named output.</summary>
    public LossChoice? this[string output]
    {
        get => named[output];
        set => named[output] = value;
    }

    /// <summary>The loss of a name.</summary>
    public static implicit operator LossAssignment(string name) => new() { Single = name };

    /// <summary>One loss for every output.</summary>
    public static implicit operator LossAssignment(Loss loss) => new() { Single = loss };

    /// <summary>A function of targets and predictions.</summary>
    public static implicit operator LossAssignment(Func<Tensor, Tensor, Tensor> function) => new() { Single = Loss.Of(function) };

    /// <summary>One loss per output, in order.</summary>
    public static LossAssignment Create(ReadOnlySpan<LossChoice?> losses)
    {
        var assignment = new LossAssignment();
        foreach (var loss in losses) assignment.items.Add(loss);
        return assignment;
    }

    /// <summary>The losses that are given in order.</summary>
    public IEnumerator<LossChoice?> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A loss, or a name that stands for one. Some names (<c>"crossentropy"</c>) are understood only when the shapes are known.</summary>
public sealed class LossChoice
{
    readonly Loss? loss;
    readonly string? name;

    LossChoice(Loss? loss, string? name)
    {
        this.loss = loss;
        this.name = name;
        // An unknown name is an error where it is written, not at the first batch.
        if (name is not null && !IsShapeDependent) this.loss = name;
    }

    bool IsShapeDependent => string.Equals(name, "crossentropy", StringComparison.OrdinalIgnoreCase) || string.Equals(name, "ce", StringComparison.OrdinalIgnoreCase);

    /// <summary>The loss of a name.</summary>
    public static implicit operator LossChoice(string name) => new(null, name);

    /// <summary>A loss.</summary>
    public static implicit operator LossChoice(Loss loss) => new(loss, null);

    /// <summary>The loss for targets and predictions of these shapes.</summary>
    internal Loss For(Tensor yTrue, Tensor yPred) => loss ?? (
        yPred.Shape[^1] == 1 ? new Losses.BinaryCrossentropy()
        : Training.ShapeRules.AreLabels(yTrue, yPred) ? new Losses.SparseCategoricalCrossentropy()
        : new Losses.CategoricalCrossentropy());
}
