namespace Tapestry.Tests.Golden;

/// <summary>Runs one group: <c>dotnet test --filter Golden=layers</c>.</summary>
public abstract class GoldenGroupTests(string group) : IClassFixture<GoldenReportFixture>
{
    // More would hide the first ones.
    const int FailuresShown = 8;

    protected void Run(string name)
    {
        var golden = GoldenSource.Default.Open(group)!.Object(name);
        var outcome = GoldenRunner.Run(golden, GoldenAdapters.Find(golden));
        GoldenReport.Current.Add(group, name, outcome);
        if (outcome.Failed == 0) return;
        var more = outcome.Failed > FailuresShown ? $"\n… and {outcome.Failed - FailuresShown} more" : "";
        Assert.Fail($"{outcome.Failed} of {golden.Cases.Count} cases of {group}/{name} failed:\n{string.Join('\n', outcome.Failures.Take(FailuresShown))}{more}");
    }
}

[Trait("Golden", "activations")]
public class ActivationsGolden() : GoldenGroupTests("activations")
{
    [GoldenTheory("activations")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "apps")]
public class AppsGolden() : GoldenGroupTests("apps")
{
    [GoldenTheory("apps")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "autodiff")]
public class AutodiffGolden() : GoldenGroupTests("autodiff")
{
    [GoldenTheory("autodiff")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "constraints")]
public class ConstraintsGolden() : GoldenGroupTests("constraints")
{
    [GoldenTheory("constraints")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "files")]
public class FilesGolden() : GoldenGroupTests("files")
{
    [GoldenTheory("files")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "fit")]
public class FitGolden() : GoldenGroupTests("fit")
{
    [GoldenTheory("fit")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "initializers")]
public class InitializersGolden() : GoldenGroupTests("initializers")
{
    [GoldenTheory("initializers")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "layers")]
public class LayersGolden() : GoldenGroupTests("layers")
{
    [GoldenTheory("layers")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "losses")]
public class LossesGolden() : GoldenGroupTests("losses")
{
    [GoldenTheory("losses")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "metrics")]
public class MetricsGolden() : GoldenGroupTests("metrics")
{
    [GoldenTheory("metrics")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "ops")]
public class OpsGolden() : GoldenGroupTests("ops")
{
    [GoldenTheory("ops")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "optimizers")]
public class OptimizersGolden() : GoldenGroupTests("optimizers")
{
    [GoldenTheory("optimizers")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "regularizers")]
public class RegularizersGolden() : GoldenGroupTests("regularizers")
{
    [GoldenTheory("regularizers")]
    public void Matches(string name) => Run(name);
}

[Trait("Golden", "schedules")]
public class SchedulesGolden() : GoldenGroupTests("schedules")
{
    [GoldenTheory("schedules")]
    public void Matches(string name) => Run(name);
}
