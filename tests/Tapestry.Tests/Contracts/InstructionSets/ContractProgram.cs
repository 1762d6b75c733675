using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Memory;
using Tapestry.Tests.Compiler;
using Tapestry.Tests.Contracts.GuardPages;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>
/// The entry of the test assembly, for child processes in which instructions are switched off or memory is guarded: runs the tests of the kernels and writes down what every
/// operation of the contract gives. Test runners load the assembly and never come here.
/// </summary>
static class ContractProgram
{
    /// <summary>The environment variable that makes a child run its loops as tiles, as where the platform forbids dynamic code.</summary>
    internal const string WithoutDynamicCode = "TAPESTRY_TESTS_WITHOUT_DYNAMIC_CODE";

    /// <summary>Runs all tests of some classes but those about threads and allocations.</summary>
    /// <param name="arguments">
    /// The file for the results; the test classes or tests to run (Class or Class.Method), separated by commas; and, for guarded memory, where values lie: at the <c>end</c> or the <c>start</c>
    /// of their pages, or first there and then here with <c>end,start</c>.
    /// </param>
    /// <returns>0 when all tests passed.</returns>
    public static int Main(string[] arguments)
    {
        // Before the runtime looks for the first time.
        if (Environment.GetEnvironmentVariable(WithoutDynamicCode) is not null) AppContext.SetSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", false);
        if (arguments is [_, nameof(HeapLimit)]) return HeapLimit.Run();
        if (arguments.Length is not (2 or 3)) return 2;
        using var file = new StreamWriter(arguments[0]);
        if (arguments.Length == 2)
        {
            file.WriteLine(Widths(RuntimeFeature.IsDynamicCodeSupported));
            return RunAll(file, ContractResults.Compute(), arguments[1].Split(',')) == 0 ? 0 : 1;
        }

        // If the next one ends the process, it is seen which one was the last.
        file.AutoFlush = true;
        var memory = new GuardedMemory();
        MemorySource.Substitute = memory;
        var failures = 0;
        foreach (var side in arguments[2].Split(','))
        {
            Console.WriteLine($"values that {side} at a guard:");
            memory.EndsAtGuard = side == "end";
            if (arguments[1].Split('.') is [nameof(Culprits), var culprit]) Culprits.Run(culprit);
            else failures += RunAll(file, ContractResults.Compute().Concat(OddSizes.Compute()), arguments[1].Split(','));
        }

        return failures == 0 ? 0 : 1;
    }

    static int RunAll(StreamWriter file, IEnumerable<ContractResult> results, string[] tests)
    {
        foreach (var result in results) file.WriteLine(result);
        var failures = 0;
        foreach (var name in tests)
        {
            var parts = name.Split('.');
            MethodInfo[] methods =
            [
                .. typeof(ContractProgram).Assembly.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false } && type.Name == parts[0]).SelectMany(type => type.GetMethods())
                    .Where(method => method.GetCustomAttribute<FactAttribute>() is not null && (parts.Length == 1 ? !LeftOut(method.Name) : method.Name == parts[1])),
            ];
            if (methods.Length == 0) throw new ArgumentException($"There is no test {name}.");
            foreach (var method in methods)
            {
                if (MemorySource.Substitute is not null) Console.WriteLine($"{name}.{method.Name}");
                failures += Run(method.DeclaringType!, method);
            }
        }

        return failures;
    }

    // Guarded values are new ones and share no memory, whatever kernels and plans do.
    static bool LeftOut(string test) => test.Contains("Thread", StringComparison.Ordinal) || (MemorySource.Substitute is not null && (test.Contains("Allocate", StringComparison.Ordinal) || test == nameof(OpContractTests.TheContractSeesWhatIsWrong)));

    /// <summary>Which vectors this process has, and whether it makes code.</summary>
    internal static string Widths(bool dynamicCode) => $"512: {Vector512.IsHardwareAccelerated}, 256: {Vector256.IsHardwareAccelerated}, 128: {Vector128.IsHardwareAccelerated}, dynamic code: {dynamicCode}";

    static int Run(Type type, MethodInfo method)
    {
        var failures = 0;
        var cases = method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method)).ToList();
        foreach (var values in method.GetCustomAttribute<TheoryAttribute>() is null ? [[]] : cases)
        {
            try
            {
                var instance = type.GetConstructor([]) is { } constructor ? constructor.Invoke([]) : Activator.CreateInstance(type, new Silent());
                method.Invoke(instance, values);
            }
            catch (TargetInvocationException failure)
            {
                failures++;
                Console.WriteLine($"{type.Name}.{method.Name}({string.Join(", ", values)}): {failure.InnerException!.Message}");
            }
        }

        return failures;
    }

    sealed class Silent : ITestOutputHelper
    {
        public void WriteLine(string message)
        {
        }

        public void WriteLine(string format, params object[] args)
        {
        }
    }
}
