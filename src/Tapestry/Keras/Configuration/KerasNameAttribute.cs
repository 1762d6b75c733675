namespace Tapestry.Keras;

/// <summary>
/// The name of a class in configurations where it differs from the .NET name, and further names under which a string finds it.
/// Without this attribute a class is found by its own name and by that name in snake_case.
/// </summary>
/// <param name="name">The name in configurations, as Keras writes it.</param>
/// <param name="aliases">Further names.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KerasNameAttribute(string name, params string[] aliases) : Attribute
{
    /// <summary>The name in configurations.</summary>
    public string Name => name;

    /// <summary>Further names under which a string finds the class.</summary>
    public IReadOnlyList<string> Aliases => aliases;

    /// <summary>
    /// Whether a bare string stands for an object of the class. Some classes are found in configurations only, as in the original, whose lists of
    /// names leave them out.
    /// </summary>
    public bool StandsForObject { get; init; } = true;
}
