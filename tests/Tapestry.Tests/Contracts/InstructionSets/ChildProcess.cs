using System.Diagnostics;

namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>Runs <see cref="ContractProgram"/> in a process of its own.</summary>
static class ChildProcess
{
    /// <summary>Runs the program.</summary>
    /// <param name="arguments">What it is given behind the file for its results.</param>
    /// <param name="environment">Settings of the runtime.</param>
    internal static async Task<Outcome> Run(string[] arguments, Dictionary<string, string> environment)
    {
        var path = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet", ["exec", typeof(ChildProcess).Assembly.Location, path, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOTNET_TieredPGO"] = "0" } };
            foreach (var (name, value) in environment) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync() + await error;
            await process.WaitForExitAsync();
            return new Outcome(process.ExitCode, output, await File.ReadAllLinesAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>How it ended.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string[] Results);
}
