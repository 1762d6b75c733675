using System.Text.Json;
using Tapestry.Tests.Golden.Layers;

namespace Tapestry.Tests.Golden.Infrastructure;

[Trait("Category", "Quick")]
public class RandomFactsTests
{
    [Fact]
    public void ARuleThatNothingChecksSaysWhereToAddIt()
    {
        var group = new GoldenGroup("layers", new(() => throw new InvalidOperationException("nothing is read")));
        var golden = new GoldenCase(new(group, "New", () => default), "c00", JsonElement.Parse("""{ "outputs": [], "facts": { "output": "input * noise", "noise_mean": 1 } }"""));
        var check = new GoldenCheck(golden);
        RandomFacts.Check(golden, check, [Ops.Ones([2])], Nest.List([]));
        var fault = Assert.Single(check.Faults);
        Assert.Contains("\"input * noise\"", fault);
        Assert.Contains("add a method for it to RandomFacts", fault);
        Assert.Contains("noise_mean", fault);
    }
}
