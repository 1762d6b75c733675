using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Regularizers;

/// <summary>Penalties and their gradients.</summary>
sealed class RegularizersAdapter : IGoldenAdapter
{
    public string Group => "regularizers";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Regularizer>(golden) || golden.Name == "RegularizersGet";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "RegularizersGet")
        {
            GoldenStrings.Check(golden, check, name => (Regularizer)name, regularizer => ((Regularizer)regularizer).GetConfig(), GoldenConfig.Knows<Regularizer>);
            return;
        }

        if (golden.Field("error") is not null)
        {
            check.Refuses("the call", () => GoldenConfig.Create<Regularizer>(golden).Apply(Ops.Ones([2, 2, 2])));
            return;
        }

        var regularizer = GoldenConfig.Create<Regularizer>(golden);
        check.Equal("keys of the configuration", string.Join(", ", GoldenConfig.Of(golden).Keys.Order()), string.Join(", ", regularizer.GetConfig().Keys.Order()));
        var x = golden.Tensor(golden.List("inputs").First());
        using var tape = new GradientTape();
        tape.Watch(x);
        var penalty = regularizer.Apply(x);
        check.Matches("penalty", golden.List("outputs").First(), penalty);
        var expected = golden.Field("gradients")!.Value.GetProperty("inputs")[0];
        var gradient = tape.Gradient(penalty, x);
        if (expected.ValueKind == System.Text.Json.JsonValueKind.Null) check.True("gradient", gradient is null, "there is one");
        else check.Matches("gradient", expected, gradient);
    }
}
