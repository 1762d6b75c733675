using System.Reflection;
using System.Runtime.Intrinsics;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>
/// The entry of the test assembly, for child processes in which instructions are switched off: runs the tests of the kernels and writes down what every
/// operation of the contract gives. Test runners load the assembly and never come here.
/// </summary>
static class ContractProgram
{
    /// <summary>Runs all tests of some classes but those about threads, on which instructions have no influence.</summary>
    /// <param name="arguments">The file for the results, and the test classes or tests to run (Class or Class.Method), separated by commas.</param>
    /// <returns>0 when all tests passed.</returns>
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 2) return 2;
        using (var file = new StreamWriter(arguments[0]))
        {
            file.WriteLine(Widths());
            foreach (var (name, _, values) in ContractResults.Compute()) file.WriteLine($"{name}\t{string.Join(' ', values.Select(value => BitConverter.DoubleToInt64Bits(value).ToString("x")))}");
        }

        var failures = 0;
        foreach (var name in arguments[1].Split(','))
        {
            var parts = name.Split('.');
            MethodInfo[] methods =
            [
                .. typeof(ContractProgram).Assembly.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false } && type.Name == parts[0]).SelectMany(type => type.GetMethods())
                    .Where(method => method.GetCustomAttribute<FactAttribute>() is not null && (parts.Length == 1 ? !method.Name.Contains("Thread", StringComparison.Ordinal) : method.Name == parts[1])),
            ];
            if (methods.Length == 0) throw new ArgumentException($"There is no test {name}.");
            foreach (var method in methods) failures += Run(method.DeclaringType!, method);
        }

        return failures == 0 ? 0 : 1;
    }

    /// <summary>Which vectors this process has.</summary>
    internal static string Widths() => $"512: {Vector512.IsHardwareAccelerated}, 256: {Vector256.IsHardwareAccelerated}, 128: {Vector128.IsHardwareAccelerated}";

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
