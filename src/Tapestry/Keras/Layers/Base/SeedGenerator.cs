namespace Tapestry.Keras;

/// <summary>
/// A source of seeds for the random numbers of a layer: a variable, so that compiled functions draw new numbers at each call and a saved
/// state continues where it was.
/// </summary>
/// <remarks>Source: <c>keras.random.SeedGenerator</c>.</remarks>
public sealed class SeedGenerator : Module
{
    /// <summary>Creates a source.</summary>
    /// <param name="seed">Decides all numbers; by default drawn once.</param>
    public SeedGenerator(int? seed = null)
        : base("seed_generator")
    {
        using (Scopes.Current.Enter(null)) State = new Variable(TensorFactory.FromSpan<long>([seed ?? SeedSource.Draw(), 0], [2]), trainable: false, "seed_generator_state");
    }

    /// <summary>The seed and how many draws there were.</summary>
    public Variable State { get; }

    internal override bool IsState => true;

    /// <summary>The seed of the next draw, two int64 numbers; moves on by one.</summary>
    public Tensor Next()
    {
        var seed = State.Value;
        State.AssignAdd(Step);
        return seed;
    }

    static Tensor Step { get; } = TensorFactory.FromSpan<long>([0, 1], [2]);
}
