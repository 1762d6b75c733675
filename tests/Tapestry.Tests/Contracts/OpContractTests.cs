using Tapestry.Tests.Contracts.Operations;

namespace Tapestry.Tests.Contracts;

/// <summary>Every operation, by its rows.</summary>
[Trait("Category", "Quick")]
public class OpContractTests
{
    // Programs of the user, and forms that only plans have (PreparationTests), with tests of their own.
    static readonly string[] WithoutRow = ["ConvolutionFilterPreparationOp", "CustomGradientOp", "PreparedConvolutionOp"];

    public static TheoryData<string> Names => [.. OpContract.Rows.Select(row => row.ToString())];

    [Fact]
    public void EveryOperationHasARow()
    {
        var tried = OpContract.Rows.Select(row => row.Op.GetType()).Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();
        var missing = typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract && type.Namespace == nameof(Tapestry) && !tried.Contains(type));
        var names = missing.Select(type => type.Name).Order(StringComparer.Ordinal);
        Assert.True(WithoutRow.SequenceEqual(names), $"Write a row in Contracts/Operations for: {string.Join(", ", names.Except(WithoutRow))}");
        Assert.Equal(OpContract.Rows.Count, OpContract.Rows.Select(row => row.ToString()).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CompilesToTheSame(string name) => OpContract.CompilesToTheSame(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void FusesToTheSame(string name) => OpContract.FusesToTheSame(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void MatchesItsReference(string name) => OpReference.Matches(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void HasItsGradientsAtSingularPoints(string name) => SingularPoints.Match(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void WorksInPlace(string name) => OpContract.WorksInPlace(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void HasItsDerivatives(string name) => OpContract.HasItsDerivatives(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void HasAGradientWithUnknownDimensions(string name) => OpContract.HasAGradientWithUnknownDimensions(Of(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void SavesWhatItsGradientReads(string name) => OpContract.SavesWhatItsGradientReads(Of(name));

    [Fact]
    public void TheContractSeesWhatIsWrong()
    {
        var x = OpValues.X(3, 4);
        Assert.ThrowsAny<Exception>(() => OpContract.HasItsDerivatives(new OpRow(new BrokenSquareOp(Fault.Gradient), x)));
        Assert.ThrowsAny<Exception>(() => OpContract.HasItsDerivatives(new OpRow(new BrokenSquareOp(Fault.SecondGradient), x)));
        Assert.ThrowsAny<Exception>(() => OpContract.SavesWhatItsGradientReads(new OpRow(new BrokenSquareOp(Fault.Saving), x)));
        Assert.ThrowsAny<Exception>(() => OpContract.CompilesToTheSame(new OpRow(new BrokenSquareOp(Fault.Shape), x)));
        Assert.ThrowsAny<Exception>(() => OpContract.WorksInPlace(new OpRow(new BrokenSquareOp(Fault.Overwriting), x)));
        Assert.ThrowsAny<Exception>(() => OpContract.HasAGradientWithUnknownDimensions(new OpRow(new BrokenSquareOp(Fault.UnknownDimensions), x)));
        var right = new OpRow(new BrokenSquareOp(Fault.None), x);
        OpContract.HasItsDerivatives(right);
        OpContract.SavesWhatItsGradientReads(right);
        OpContract.CompilesToTheSame(right);
        OpContract.WorksInPlace(right);
        OpContract.HasAGradientWithUnknownDimensions(right);
    }

    [Fact]
    public void ReferencesSeeZerosAndSubnormalNumbers()
    {
        OpReference.Matches(Negation(x => -x));
        Assert.ThrowsAny<Exception>(() => OpReference.Matches(Negation(x => x == 0 ? 0 : -x)));
        Assert.ThrowsAny<Exception>(() => OpReference.Matches(Negation(x => Math.Abs(x) < 1e-39 ? -0.0 * x : -x)));
        Assert.ThrowsAny<Exception>(() => OpReference.Matches(Negation(x => double.IsNaN(x) ? 0 : -x)));
        Assert.ThrowsAny<Exception>(() => OpReference.Matches(Negation(x => double.IsInfinity(x) ? x : -x)));
        Assert.ThrowsAny<Exception>(() => OpReference.Matches(Negation(x => -double.BitIncrement(x))));
        static OpRow Negation(Func<double, double> reference) => new(new NegativeOp(), OpValues.X(3)) { Reference = reference };
    }

    [Fact]
    public void InfiniteGradientsMustBeStated()
    {
        (double[], double[])[] right = [([0], [double.PositiveInfinity]), ([-0.0], [double.NegativeInfinity])];
        SingularPoints.Match(new(new SqrtOp(), OpValues.X(3)) { Singular = right });
        Assert.ThrowsAny<Exception>(() => SingularPoints.Match(new(new SqrtOp(), OpValues.X(3))));
        Assert.ThrowsAny<Exception>(() => SingularPoints.Match(new(new SqrtOp(), OpValues.X(3)) { Singular = [.. right, ([4], [0])] }));
    }

    static OpRow Of(string name) => OpContract.Rows.First(row => row.ToString() == name);

    enum Fault
    {
        None,
        Gradient,
        SecondGradient,
        Saving,
        Shape,
        Overwriting,
        UnknownDimensions,
    }

    // The elements squared, last one first: writing over the input spoils what is still to be read.
    sealed record BrokenSquareOp(Fault Fault) : Op
    {
        public override bool SavesInput(int input) => Fault != Fault.Saving;

        public override bool CanOverwrite(int input) => Fault == Fault.Overwriting;

        public override void Infer(ref InferContext context) => context.Return(Fault == Fault.Shape && context.KnownValue(0) is null ? [4, 3] : context.Shape(0), context.DType(0));

        public override void Gradient(GradientContext context)
        {
            var (x, upstream) = (context.Input(0), Ops.Reverse(context.Upstream(0), new[] { 0, 1 }));
            if (Fault == Fault.UnknownDimensions) upstream = Ops.BroadcastTo(upstream, new Shape(Math.Max(x.Shape[0], 0), 4));
            if (Fault == Fault.SecondGradient) x = Ops.StopGradient(x);
            context.Return(0, Fault == Fault.Gradient ? upstream * x : upstream * 2.0 * x);
        }

        public override void Run(in KernelContext context)
        {
            var x = context.Input<double>(0);
            var y = context.Output<double>(0);
            for (var i = 0; i < x.Length; i++) y[i] = x[^(i + 1)] * x[^(i + 1)];
        }
    }
}
