using System.Text.Json;
using Tapestry.IO;

namespace Tapestry.Tests.Golden.Infrastructure;

[Trait("Category", "Quick")]
public sealed class GoldenRunnerTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("golden").FullName;

    public GoldenRunnerTests()
    {
        var group = Directory.CreateDirectory(Path.Combine(folder, "example")).FullName;
        File.WriteAllText(Path.Combine(group, "INDEX.json"), "{}");
        File.WriteAllText(Path.Combine(group, "Twice.json"), """
            { "object": "example.Twice", "cases": [
              { "name": "right", "inputs": ["right/x"], "outputs": [{ "value": "right/y", "atol": 1e-6, "rtol": 0, "dtype": "float32" }] },
              { "name": "wrong", "inputs": ["right/x"], "outputs": [{ "value": "wrong/y", "atol": 0.5, "rtol": 0 }] },
              { "name": "dtype", "inputs": ["right/x"], "outputs": [{ "value": "right/y", "dtype": "float64" }] },
              { "name": "crash" },
              { "name": "nothing", "inputs": [] , "nothing": true },
              { "name": "later", "later": true },
              { "name": "refused", "error": { "kind": "ValueError" } },
              { "name": "stored", "inputs": [{ "tensor": "right/x", "dtype": "bfloat16" }, { "tensor": "pairs/x", "dtype": "complex64" }, { "strings": [["a"], ["b"]], "shape": [2, 1] }], "stored": true } ] }
            """);
        File.WriteAllText(Path.Combine(group, "Table.json"), """{ "object": "example.Table", "cases": [], "table": [1, 2] }""");
        using var arrays = File.Create(Path.Combine(group, "Twice.npz"));
        NpzArchive.Write(arrays, [new("right/x", new float[] { 1, 2 }), new("right/y", new float[] { 2, 4 }), new("wrong/y", new float[] { 2, 5 }), new("pairs/x", new float[,] { { 1, 2 } })]);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void CountsWhatPassedFailedAndWasSkipped()
    {
        var outcome = GoldenRunner.Run(Twice, new TwiceAdapter("example"));
        Assert.Equal((3, 4, 1), (outcome.Passed, outcome.Failed, outcome.Skipped));
        Assert.Equal(2, outcome.Worst);
        Assert.Equal("wrong: y: 1 of 2 elements of (2,) differ; worst at [1]: got 4, expected 5, 2 times the tolerance (atol 0.5, rtol 0)", outcome.FirstFailure);
        Assert.StartsWith("dtype: y: dtype float32, expected float64", outcome.Failures[1]);
        Assert.StartsWith("crash: InvalidOperationException: ", outcome.Failures[2]);
        Assert.Equal("nothing: nothing was checked", outcome.Failures[3]);
    }

    [Fact]
    public void WithoutAdapterEveryCaseIsSkipped() => Assert.Equal(new(0, 0, 8, 0, null, []), GoldenRunner.Run(Twice, null) with { Failures = [] }, OutcomeComparer);

    [Fact]
    public void AnObjectWithoutCasesIsOne()
    {
        var table = new GoldenSource(folder).Open("example")!.Object("Table");
        Assert.Equal(2, Assert.Single(table.Cases).Json.GetProperty("table").GetArrayLength());
    }

    [Fact]
    public void AZipFileIsAsGoodAsAFolder()
    {
        var packed = Directory.CreateDirectory(Path.Combine(folder, "packed")).FullName;
        System.IO.Compression.ZipFile.CreateFromDirectory(Path.Combine(folder, "example"), Path.Combine(packed, "example.zip"));
        var group = new GoldenSource(packed).Open("example")!;
        Assert.Equal(["Table", "Twice"], group.Objects.Select(golden => golden.Name));
        Assert.Equal(3, GoldenRunner.Run(group.Object("Twice"), new TwiceAdapter("example")).Passed);
    }

    [Fact]
    public void TheReportKeepsWhatOtherProcessesWrote()
    {
        var path = Path.Combine(folder, "report.json");
        var first = new GoldenReport();
        first.Add("losses", "Huber", new(1, 0, 0, 0.5, null, []));
        first.Add("example", "Old", new(9, 0, 0, 0, null, []));
        first.Write(path);
        var second = new GoldenReport();
        second.Add("example", "Twice", new(1, 2, 3, double.PositiveInfinity, "text", ["text"]));
        second.Write(path);
        Assert.Equal(
            """{"example":{"Twice":{"passed":1,"failed":2,"skipped":3,"worst":1E+30,"first_failure":"text"}},"losses":{"Huber":{"passed":1,"failed":0,"skipped":0,"worst":0.5,"first_failure":null}}}""",
            Canonical(path));
    }

    [Fact]
    public void TheOwnCopyHasEveryGroup()
    {
        var source = new GoldenSource(Repository.PathOf("tests", "Tapestry.Tests", "Golden", "data"));
        string[] groups = ["activations", "apps", "autodiff", "constraints", "files", "fit", "initializers", "layers", "losses", "metrics", "ops", "optimizers", "regularizers", "schedules"];
        Assert.All(groups, group => Assert.NotEmpty(source.Open(group)!.Objects));
        var dense = source.Open("layers")!.Object("Dense").Cases[0];
        Assert.Equal(dense.List("inputs").First().GetString(), $"{dense.Name}/x0");
        Assert.Equal(DType.Float32, dense.Tensor(dense.List("inputs").First()).DType);
    }

    GoldenObject Twice => new GoldenSource(folder).Open("example")!.Object("Twice");

    static IEqualityComparer<GoldenOutcome> OutcomeComparer => EqualityComparer<GoldenOutcome>.Create((a, b) => a!.ToString() == b!.ToString());

    static string Canonical(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var groups = document.RootElement.EnumerateObject().OrderBy(group => group.Name, StringComparer.Ordinal);
        return "{" + string.Join(",", groups.Select(group => $"\"{group.Name}\":{JsonSerializer.Serialize(group.Value)}")) + "}";
    }

    // Its constructor has a parameter, so the scan for real adapters leaves it alone.
    sealed class TwiceAdapter(string group) : IGoldenAdapter
    {
        public string Group => group;

        public bool Implements(GoldenObject golden) => golden.Name == "Twice";

        public void Run(GoldenCase golden, GoldenCheck check)
        {
            if (golden.Field("later") is not null) check.Missing("later");
            if (golden.Field("nothing") is not null) return;
            if (golden.Field("error") is not null)
            {
                check.Refuses("call", () => throw new ArgumentException("no"));
                return;
            }

            if (golden.Field("stored") is not null)
            {
                var inputs = golden.List("inputs").Select(golden.Tensor).ToArray();
                check.Equal("stored", "bfloat16(2,) complex64(1,) string(2, 1)", string.Join(' ', inputs.Select(input => $"{input.DType}{input.Shape}")));
                check.Equal("value", new System.Numerics.Complex(1, 2), inputs[1].Item<System.Numerics.Complex>());
                return;
            }

            var x = golden.Tensor(golden.List("inputs").First());
            check.Matches("y", golden.List("outputs").First(), TensorFactory.FromSpan<float>([.. x.ToArray<float>().Select(value => value * 2)], x.Shape));
        }
    }
}
