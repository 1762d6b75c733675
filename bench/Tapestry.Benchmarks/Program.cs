using BenchmarkDotNet.Running;
using Tapestry.Benchmarks.Compile;
using Tapestry.Benchmarks.Measuring;
using Tapestry.Benchmarks.Memory;
using Tapestry.Benchmarks.Micro;

return args switch
{
    ["micro", .. var rest] => Micro(rest),
    ["memory", .. var rest] => MemoryReport.Run(rest),
    ["compile", .. var rest] => CompileReport.Run(rest),
    ["check", .. var rest] => CheckReport.Run(rest),
    ["list"] => List(),
    ["jobs", .. var rest] => Jobs(rest),
    [] => Jobs([]),
    [['-', '-', ..], ..] => Jobs(args),
    _ => Usage(),
};

static int Jobs(string[] arguments)
{
    try
    {
        return new JobRunner(RunOptions.Parse(arguments)).Run();
    }
    catch (Exception exception) when (exception is ArgumentException or FormatException)
    {
        Console.Error.WriteLine(exception.Message);
        return 2;
    }
}

static int Micro(string[] arguments)
{
    BenchmarkSwitcher.FromAssembly(typeof(JobRunner).Assembly).Run(arguments, new MicroConfiguration());
    return 0;
}

static int List()
{
    foreach (var job in JobCatalog.Find([])) Console.WriteLine(job.Name);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("Expected: jobs [--quick] [--threads 1,2] [--job PART] [--json FILE] [--markdown FILE] [--note TEXT] [--no-libtorch], memory [--quick], memory --resnet, compile, check [PART OF A NAME], micro [BenchmarkDotNet's options], or list.");
    return 2;
}
