namespace Tapestry;

/// <summary>What operations made of one value of a variable; several threads may ask at once.</summary>
/// <param name="version">Which value of the variable it is.</param>
sealed class PreparedValues(long version)
{
    readonly Lock making = new();
    readonly Dictionary<Op, Tensor> values = [];

    /// <summary>Which value of the variable it is.</summary>
    internal long Version => version;

    /// <summary>What an operation makes of the value, made now if it is the first to ask.</summary>
    internal Tensor Of(Op preparation, Tensor value)
    {
        lock (making)
        {
            if (values.TryGetValue(preparation, out var made)) return made;
            using var eager = Scopes.Current.Enter(null);
            return values[preparation] = preparation.Apply(value);
        }
    }
}
