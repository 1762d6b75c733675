using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Tapestry.Benchmarks.Micro;

/// <summary>Measures in this process, which needs no second build, and counts allocated bytes.</summary>
sealed class MicroConfiguration : ManualConfig
{
    public MicroConfiguration()
    {
        Add(DefaultConfig.Instance);
        AddJob(BenchmarkDotNet.Jobs.Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        AddDiagnoser(MemoryDiagnoser.Default);
        WithOptions(ConfigOptions.DisableOptimizationsValidator);
    }
}
