using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Activations;

/// <summary>Activation functions by their names, with their gradients, and what a name stands for.</summary>
sealed class ActivationsAdapter : IGoldenAdapter
{
    public string Group => "activations";

    public bool Implements(GoldenObject golden) => golden.Name == "ActivationsGet" || GoldenConfig.Knows<ActivationFunction>(golden.Name);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "ActivationsGet")
        {
            Names(golden.Object.Document.GetProperty("strings"), check);
            return;
        }

        var function = GoldenConfig.Create<ActivationFunction>(golden);
        var x = golden.Tensor(golden.List("inputs").First());
        using var tape = new GradientTape();
        tape.Watch(x);
        var y = function.Apply(x);
        check.Matches("output", golden.List("outputs").First(), y);
        check.Close("compiled", y, Function.Of((Tensor value) => function.Apply(value)).Apply(x), 1e-12, 1e-6);
        if (golden.Field("gradients") is not { } gradients) return;
        var gradient = tape.Gradient(y, x, golden.Tensor(gradients.GetProperty("upstream")[0]));
        if (gradients.GetProperty("inputs")[0] is { ValueKind: not JsonValueKind.Null } expected) check.Matches("gradient", expected, gradient);
    }

    static void Names(JsonElement strings, GoldenCheck check)
    {
        foreach (var entry in strings.EnumerateObject())
        {
            if (entry.Value.GetProperty("kind").GetString() == "error") check.Refuses(entry.Name, () => _ = (ActivationFunction)entry.Name);
            else if (GoldenConfig.Knows<ActivationFunction>(entry.Value.GetProperty("name").GetString()!)) check.Equal($"name of {entry.Name}", entry.Value.GetProperty("serialized").GetString()!, ((ActivationFunction)entry.Name).Name);
        }
    }
}
