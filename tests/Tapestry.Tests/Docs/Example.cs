namespace Tapestry.Tests.Docs;

/// <summary>How much of an example is checked.</summary>
enum ExampleKind
{
    /// <summary>Compiled and run.</summary>
    Program,

    /// <summary>Only compiled: it needs data, a network or much time.</summary>
    NoRun,

    /// <summary>Neither: it shows a part of something that stands elsewhere.</summary>
    Fragment,
}

/// <summary>A piece of C# in the documentation.</summary>
/// <param name="Source">The file, from the root of the repository, or the member that it documents.</param>
/// <param name="Line">The line of the file on which the code starts.</param>
/// <param name="Kind">What is done with it.</param>
/// <param name="Continues">Whether it goes on from the example before it on the same page.</param>
/// <param name="Code">The code.</param>
/// <param name="Output">What it must print, or null where nothing is said.</param>
sealed record Example(string Source, int Line, ExampleKind Kind, bool Continues, string Code, string? Output)
{
    public override string ToString() => $"{Source}:{Line}";
}
