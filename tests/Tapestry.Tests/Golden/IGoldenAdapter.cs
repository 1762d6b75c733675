namespace Tapestry.Tests.Golden;

/// <summary>
/// Knows how the cases of one group are run against Tapestry. Every class of the test assembly that implements it, and has a constructor without parameters, is found by itself.
/// </summary>
interface IGoldenAdapter
{
    /// <summary>The group, such as <c>layers</c>.</summary>
    string Group { get; }

    /// <summary>Whether the object exists here. Asked for every object whenever tests are listed, so look at its name and not at its document.</summary>
    bool Implements(GoldenObject golden);

    /// <summary>Runs a case and tells the check what came out. An exception is a failure.</summary>
    void Run(GoldenCase golden, GoldenCheck check);
}
