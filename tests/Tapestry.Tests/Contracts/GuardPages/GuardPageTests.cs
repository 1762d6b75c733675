using Tapestry.Tests.Contracts.InstructionSets;

namespace Tapestry.Tests.Contracts.GuardPages;

/// <summary>
/// No kernel reads or writes outside its operands: a child process runs the tests of the kernels and every operation with pages around each value that nobody may touch. Whoever does ends that process,
/// and the test shows what ran and the stack of the fault.
/// </summary>
[Trait("Category", "Slow")]
public class GuardPageTests
{
    const string Tests = "BinaryLoopTests,OtherLoopTests,ReduceLoopTests,RandomLoopTests,PoolingTests,ConvolutionTests,SortingTests,GemmTests,MapKernelTests,FusionTests,OpContractTests,"
        + "DotProductAttentionTests,LstmTests,GruTests,MatMulTests,SoftmaxTests,PoolTests,ConcatTests,ScatterTests,IndexedSlicesTests,RowGradientTests,ControlFlowTests,ControlFlowDerivativesTests";

    static readonly Lazy<ContractResult[]> Here = new(() => [.. ContractResults.Compute(), .. OddSizes.Compute()]);

    // One process for both sides: most of its time goes to the compiler.
    [GuardPageTheory]
    [InlineData("end,start")]
    public async Task NothingOutsideOfAnOperandIsTouched(string guarded)
    {
        var child = await ChildProcess.Run([Tests, guarded], new() { ["CsCheck_Iter"] = "50" });
        Assert.True(child.ExitCode == 0, child.Output);
        var expected = Here.Value.Select(result => result.ToString()).ToArray();
        Assert.Equal([.. expected, .. expected], child.Results);
    }

    [GuardPageTheory]
    [InlineData("end", nameof(Culprits.ReadsBehind), true)]
    [InlineData("end", nameof(Culprits.WritesBehind), true)]
    [InlineData("start", nameof(Culprits.ReadsBefore), true)]
    [InlineData("start", nameof(Culprits.WritesBefore), true)]
    [InlineData("end", nameof(Culprits.StaysWithin), false)]
    [InlineData("start", nameof(Culprits.StaysWithin), false)]
    public async Task WhoTouchesItIsSeen(string guarded, string culprit, bool isSeen)
    {
        var child = await ChildProcess.Run([$"{nameof(Culprits)}.{culprit}", guarded], []);
        Assert.Equal(isSeen, child.ExitCode != 0);
        if (isSeen) Assert.Contains($"at Tapestry.Tests.Contracts.GuardPages.Culprits.{culprit}(", child.Output, StringComparison.Ordinal);
    }
}

/// <summary>A theory that needs pages that cannot be touched.</summary>
public sealed class GuardPageTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where the system has no <c>mprotect</c>.</summary>
    public GuardPageTheoryAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "The pages are guarded by mprotect, which Windows has not.";
    }
}
