using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Constraints;

/// <summary>Weights brought back into a range.</summary>
sealed class ConstraintsAdapter : IGoldenAdapter
{
    public string Group => "constraints";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Constraint>(golden) || golden.Name == "ConstraintsGet";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "ConstraintsGet")
        {
            GoldenStrings.Check(golden, check, name => (Constraint)name, constraint => ((Constraint)constraint).GetConfig(), GoldenConfig.Knows<Constraint>);
            return;
        }

        var constraint = GoldenConfig.Create<Constraint>(golden);
        var config = GoldenConfig.Of(golden);
        check.Equal("keys of the configuration", string.Join(", ", config.Keys.Order()), string.Join(", ", constraint.GetConfig().Keys.Order()));
        check.Matches("values", golden.List("outputs").First(), constraint.Apply(golden.Tensor(golden.List("inputs").First())));
    }
}
