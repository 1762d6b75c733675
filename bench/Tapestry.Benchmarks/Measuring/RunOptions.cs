using System.Globalization;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>What the command line asks for.</summary>
sealed record RunOptions
{
    /// <summary>Short samples.</summary>
    public bool Quick { get; init; }

    /// <summary>The numbers of threads to measure with.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    /// <summary>Parts of the names of the jobs to run; all when empty.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>Where the list for programs goes.</summary>
    public string? Json { get; init; }

    /// <summary>Where the page for readers goes.</summary>
    public string? Markdown { get; init; }

    /// <summary>What the reader of the page should know beside the machine's facts.</summary>
    public string? Note { get; init; }

    /// <summary>Whether to measure ours alone.</summary>
    public bool NoLibtorch { get; init; }

    /// <summary>Reads the options behind the command.</summary>
    /// <exception cref="ArgumentException">An option is unknown or lacks its value.</exception>
    internal static RunOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new RunOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            if (name == "--quick")
            {
                options = options with { Quick = true };
                continue;
            }

            if (name == "--no-libtorch")
            {
                options = options with { NoLibtorch = true };
                continue;
            }

            if (++i >= arguments.Length) throw new ArgumentException($"{name}: unknown, or its value is missing. Expected: --quick, --no-libtorch, --threads 1,2, --job PART, --json FILE, --markdown FILE or --note TEXT.");
            options = name switch
            {
                "--threads" => options with { Threads = [.. arguments[i].Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))] },
                "--job" => options with { Jobs = [.. options.Jobs, arguments[i]] },
                "--json" => options with { Json = arguments[i] },
                "--note" => options with { Note = arguments[i] },
                "--markdown" => options with { Markdown = arguments[i] },
                _ => throw new ArgumentException($"{name}: unknown option. Expected: --quick, --no-libtorch, --threads 1,2, --job PART, --json FILE, --markdown FILE or --note TEXT."),
            };
        }

        return options;
    }
}
