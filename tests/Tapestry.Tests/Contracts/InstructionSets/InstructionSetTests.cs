using System.Runtime.Intrinsics;

namespace Tapestry.Tests.Contracts.InstructionSets;

/// <summary>The kernels and operations on processors that have less: child processes in which the runtime leaves out vectors of a width and all wider ones, and one in which no code can be made at run time.</summary>
[Trait("Category", "Slow")]
public class InstructionSetTests
{
    const string Kernels = "AccuracyTests,SpecialValueTests,BinaryLoopTests,OtherLoopTests,ReduceLoopTests,RandomLoopTests,PoolingTests,ConvolutionTests,SortingTests,OpContractTests,MapKernelTests,FusionTests,"
        + "Int8GemmTests,LineScanTests,LstmTests,GruTests,SoftmaxTests,MatMulTests,"
        + "GemmTests.RandomShapesMatchTheReference,GemmTests.Float64MatchesTheReference,GemmTests.IntegersAreExact,GemmTests.HalfIsSummedInFloat32,GemmTests.ComplexNumbersMultiply,GemmTests.NaNAndInfinityPropagate,DotProductAttentionTests.IsTheSameAsComposed";

    // Only what this machine has can be left out.
    public static TheoryData<string, string> Settings
    {
        get
        {
            var settings = new TheoryData<string, string>();
            if (Vector512.IsHardwareAccelerated) settings.Add("DOTNET_EnableAVX512", "512: False");
            if (Vector256.IsHardwareAccelerated) settings.Add("DOTNET_EnableAVX2", "512: False, 256: False");
            if (Vector128.IsHardwareAccelerated) settings.Add("DOTNET_EnableHWIntrinsic", "512: False, 256: False, 128: False");
            settings.Add(ContractProgram.WithoutDynamicCode, ContractProgram.Widths(dynamicCode: false));
            return settings;
        }
    }

    // All start at once, as each of them is one thread most of the time.
    static readonly Dictionary<string, Task<ChildProcess.Outcome>> Children = Settings.Select(row => (string)row[0]).ToDictionary(setting => setting, setting => Task.Run(() => ChildProcess.Run([Kernels], new() { [setting] = "0", ["CsCheck_Iter"] = "25" })));

    static readonly Lazy<ContractResult[]> Here = new(() => [.. ContractResults.Compute()]);

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task KernelsAndOperationsDoWithout(string setting, string widths)
    {
        var (exitCode, output, results) = await Children[setting];
        Assert.True(exitCode == 0, $"with {setting}=0:\n{output}");
        Assert.StartsWith(widths, results[0]);
        var others = results.Skip(1).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray());
        Assert.Equal(Here.Value.Select(result => result.Name), others.Keys);
        foreach (var (name, tolerance, values) in Here.Value)
        {
            Assert.Equal(values.Length, others[name].Length);
            for (var i = 0; i < values.Length; i++)
            {
                var (expected, actual) = (values[i], others[name][i]);
                var isNear = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
                Assert.True(isNear, $"{name}, with {setting}=0: element {i} is {actual:r}, with all instructions {expected:r}");
            }
        }
    }

    static double Number(string bits) => BitConverter.Int64BitsToDouble(Convert.ToInt64(bits, 16));
}
