using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Infrastructure;

[Trait("Category", "Quick")]
public class GoldenStringsTests
{
    [Theory]
    [InlineData("""{ "kind": "class", "name": "SGD", "config": { "learning_rate": 0.01, "nesterov": false, "clipnorm": null, "name": "sgd_7" } }""", null)]
    [InlineData("""{ "kind": "class", "name": "SGD", "config": { "learning_rate": 0.1 } }""", "sgd.learning_rate")]
    [InlineData("""{ "kind": "class", "name": "SGD", "config": { "nesterov": true } }""", "sgd.nesterov")]
    [InlineData("""{ "kind": "class", "name": "SGD", "config": { "clipnorm": 1.0 } }""", "sgd.clipnorm")]
    [InlineData("""{ "kind": "class", "name": "SGD", "config": { "warmup": [1] } }""", "sgd.warmup")]
    [InlineData("""{ "kind": "class", "name": "Adam" }""", "sgd")]
    [InlineData("""{ "kind": "error", "name": "ValueError" }""", "sgd")]
    public void AWrongDefaultIsSeen(string entry, string? fault)
    {
        var group = new GoldenGroup("optimizers", new(() => throw new InvalidOperationException("nothing is read")));
        var golden = new GoldenCase(new(group, "OptimizersGet", () => JsonElement.Parse($$"""{ "strings": { "sgd": {{entry}} } }""")), "c00", default);
        var check = new GoldenCheck(golden);
        GoldenStrings.Check(golden, check, name => (Optimizer)name, optimizer => ((Optimizer)optimizer).GetConfig(), GoldenConfig.Knows<Optimizer>);
        if (fault is null) Assert.Empty(check.Faults);
        else Assert.StartsWith(fault + ":", Assert.Single(check.Faults), StringComparison.Ordinal);
    }
}
