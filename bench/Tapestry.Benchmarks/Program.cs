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
    ["profile", .. var rest] => WithOptions(rest, ProfileReport.Run),
    ["jobs", .. var rest] => WithOptions(rest, Jobs),
    [] => WithOptions([], Jobs),
    [['-', '-', ..], ..] => WithOptions(args, Jobs),
    _ => Usage(),
};

static int Jobs(RunOptions options) => new JobRunner(options).Run();

static int WithOptions(string[] arguments, Func<RunOptions, int> command)
{
    try
    {
        return command(RunOptions.Parse(arguments));
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
    Console.Error.WriteLine("Expected: jobs [--quick] [--threads 1,2] [--job PART] [--json FILE] [--markdown FILE] [--note TEXT] [--no-libtorch], memory [--quick], memory --resnet, compile, check [PART OF A NAME], profile [--threads 1,2] [--job PART], micro [BenchmarkDotNet's options], or list.");
    return 2;
}
