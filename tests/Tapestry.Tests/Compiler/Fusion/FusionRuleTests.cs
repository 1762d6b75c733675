using Tapestry.Kernels.Codegen;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>What the code generator does not take runs as it does outside of functions, and the description says so and why.</summary>
[Collection(nameof(Tapestry.Tests.Kernels.Threading.ThreadCountCollection))]
public sealed class FusionRuleTests
{
    public static TheoryData<string, string, int[], string> Alone => new()
    {
        { "add", "float16", [3, 5], "Add -> float16[3,5] .*\n    a kernel of its own: loops are for float32, float64, int32, int64 and bool, not for float16\n" },
        { "add", "bfloat16", [7], "not for bfloat16\n" },
        { "add", "complex64", [7], "not for complex64\n" },
        { "add", "int8", [7], "not for int8\n" },
        { "sum", "float16", [3, 5], "Sum.* -> float16\\[3\\] .*\n    a kernel of its own: loops are for .*, not for float16\n" },
        { "cast", "float32", [3, 5], "Cast.*\n    a kernel of its own: a loop has elements of one dtype beside bool\n" },
        { "middle", "float32", [3, 5, 7], "Sum.*\n    a kernel of its own: it reduces dimensions in the middle\n" },
        { "sum", "float32", [3, 20_000], "Sum.*\n    a kernel of its own: its rows have more than 16384 elements\n" },
        { "sum", "float32", [3, 1], "Sum.*\n    a kernel of its own: its rows have one element\n" },
        { "add", "float32", [0, 5], "Add.*\n    a kernel of its own: there are no elements\n" },
    };

    [Theory]
    [MemberData(nameof(Alone))]
    public void TheDescriptionSaysWhyAnOperationIsNotPartOfALoop(string program, string dtype, int[] shape, string expected)
    {
        var x = Ops.Cast(Ops.Ones(shape), dtype);
        var function = Function.Of((Tensor x) => program switch
        {
            "add" => x + x,
            "cast" => Ops.Cast(x, DType.Float64),
            "middle" => Ops.Sum(x, 1),
            _ => Ops.Sum(x, -1),
        });
        Assert.Matches(expected.Replace("[3,5]", @"\[3,5\]", StringComparison.Ordinal), function.Describe(x));
    }

    [Fact]
    public void NothingIsSaidOfWhatIsPartOfALoopOrNeverIs()
    {
        var text = Function.Of((Tensor x) => Ops.Softplus(Ops.Sort(Ops.Square(x) + 1f)) * Ops.Sum(x, -1, keepdims: true)).Describe(Ops.Ones([3, 5]));
        Assert.DoesNotContain("kernel of its own", text, StringComparison.Ordinal);
        Assert.Contains($"\n  loops: {MapKernel.Form}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDescriptionSaysWhenLoopsRunAsTiles()
    {
        MapKernel.Compiles = false;
        try
        {
            Assert.Contains("\n  loops: as tiles, instruction by instruction", Function.Of((Tensor x) => Ops.Square(x) + 1f).Describe(Ops.Ones([3, 5])), StringComparison.Ordinal);
        }
        finally
        {
            MapKernel.Compiles = true;
        }
    }
}
