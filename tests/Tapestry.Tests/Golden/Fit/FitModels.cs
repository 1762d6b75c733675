using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>Makes the models of the golden runs.</summary>
static class FitModels
{
    static FitModels() => ObjectRegistry.Announce(typeof(Penalty));

    /// <summary>Skips a case whose layers, activations, metrics or losses are not there yet.</summary>
    internal static void RequireClasses(GoldenCase golden, GoldenCheck check)
    {
        var missing = new SortedSet<string>();
        if (golden.Field("model") is { } model) FindMissing(model, typeof(Layer), missing);
        if (golden.Name.Contains("subclassed", StringComparison.Ordinal) && ObjectRegistry.Find(typeof(ActivationFunction), "tanh") is null) missing.Add("tanh");
        var compile = golden.Field("compile")!.Value;
        foreach (var (name, kind) in ((string, Type)[])[("loss", typeof(Loss)), ("metrics", typeof(Metric)), ("weighted_metrics", typeof(Metric)), ("optimizer", typeof(Optimizer))])
        {
            if (compile.TryGetProperty(name, out var part)) FindMissing(part, kind, missing);
        }

        if (missing.Count > 0) check.Missing(string.Join(", ", missing));
    }

    internal static Model Make(GoldenCase golden)
    {
        KerasSession.Clear();
        var name = golden.Name[(golden.Name.IndexOf('_') + 1)..];
        if (name == "subclassed") return new Sub((int)golden.Field("model")!.Value.GetProperty("config").GetProperty("width").GetInt64());
        var json = golden.Field("model")!.Value;
        var config = (Dictionary<string, object?>)GoldenConfig.Value(json.GetProperty("config"))!;
        var made = (Model)Layer.FromConfig(json.GetProperty("class_name").GetString() == "Sequential" ? "Sequential" : "Functional", config);
        return name switch
        {
            "own_train_step" => new OwnStep(made.Inputs[0], made.Outputs[0]),
            "own_compute_loss" => new OwnLoss(made.Inputs[0], made.Outputs[0]),
            _ => made,
        };
    }

    /// <summary>Gives a model the weights of the file, creating them if necessary.</summary>
    internal static void SetWeights(GoldenCase golden, Model model)
    {
        if (!model.Built && model is Sub) model.BuildFrom([null, golden.Field("model")!.Value.GetProperty("build_config").GetProperty("input_shape")[1].GetInt32()]);
        model.SetWeights([.. golden.List("weights").Select(json => golden.Tensor(json.GetProperty("value")))]);
    }

    static void FindMissing(JsonElement json, Type kind, SortedSet<string> missing)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray()) FindMissing(item, kind, missing);
        }

        if (json.ValueKind != JsonValueKind.Object) return;
        if (json.TryGetProperty("class_name", out var name) && json.TryGetProperty("config", out var config))
        {
            if (name.GetString() is not ("OwnStep" or "OwnLoss" or "Sub" or "Functional") && !(json.TryGetProperty("module", out var module) && module.GetString()?.StartsWith("keras.src.ops.", StringComparison.Ordinal) == true && FunctionCalls.Knows(name.GetString()!)) && ObjectRegistry.Find(kind, name.GetString()!) is null) missing.Add(name.GetString()!);
            if (config.TryGetProperty("layers", out var layers)) FindMissing(layers, kind, missing);
            foreach (var argument in new[] { "activation", "recurrent_activation" })
            {
                if (config.TryGetProperty(argument, out var activation) && activation.ValueKind == JsonValueKind.String && ObjectRegistry.Find(typeof(ActivationFunction), activation.GetString()!) is null) missing.Add(activation.GetString()!);
            }

            return;
        }

        foreach (var entry in json.EnumerateObject()) FindMissing(entry.Value, kind, missing);
    }
}

/// <summary>Adds rate · mean(x²) to the losses and passes its input on.</summary>
public sealed class Penalty(double rate = 1.0) : Layer
{
    public double Rate { get; } = rate;

    protected override Tensor Call(Tensor x, CallContext context)
    {
        AddLoss(Rate * Ops.Mean(Ops.Square(x)));
        return x;
    }
}

/// <summary>A step of training and one of evaluation of its own.</summary>
sealed class OwnStep(Tensor input, Tensor output) : Model(input, output)
{
    protected internal override IReadOnlyDictionary<string, Tensor> TrainStep(Batch batch)
    {
        using var tape = new GradientTape();
        Tensor predictions = Apply(batch.X, training: true);
        var loss = Ops.Mean(Ops.Square(batch.Y!.Single() - predictions)) + 0.1 * Ops.Mean(Ops.Abs(predictions));
        this.Optimizer.Apply(tape.Gradient(loss, TrainableWeights), TrainableWeights);
        return new Dictionary<string, Tensor> { ["my_loss"] = loss, ["prediction_mean"] = Ops.Mean(predictions) };
    }

    protected internal override IReadOnlyDictionary<string, Tensor> TestStep(Batch batch)
    {
        Tensor predictions = Apply(batch.X, training: false);
        return new Dictionary<string, Tensor> { ["my_loss"] = Ops.Mean(Ops.Square(batch.Y!.Single() - predictions)) };
    }
}

/// <summary>A loss of its own.</summary>
sealed class OwnLoss(Tensor input, Tensor output) : Model(input, output)
{
    protected internal override Tensor ComputeLoss(Nest x, Nest? y, Nest yPred, Nest? sampleWeight, bool training) =>
        2.0 * Ops.Mean(Ops.Square(y!.Single() - yPred.Single())) + 0.01 * Ops.Sum(Ops.Square(Layers[^1].Weights[0]));
}

/// <summary>A model that behaves otherwise in training.</summary>
sealed class Sub(int width) : Model("sub")
{
    readonly Dense hidden = new(width, activation: "tanh");
    readonly Dense last = new(1);

    protected override Tensor Call(Tensor x, CallContext context)
    {
        var z = hidden.Apply(x);
        if (context.Training) z *= 1.5;
        return last.Apply(Ops.MatMul(z, Part(0, width, width + x.Shape[1])) + Ops.MatMul(x, Part(width, x.Shape[1], width + x.Shape[1])));
    }

    // The products put both side by side.
    static Tensor Part(int start, int rows, int columns)
    {
        var part = new float[rows, columns];
        for (var i = 0; i < rows; i++) part[i, start + i] = 1;
        return part;
    }
}
