using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Apps;

/// <summary>The three programs of the original article, with its weights: a custom layer, a model of two inputs, a training by tape, by compiled step and by Fit.</summary>
sealed class SeedProgramsAdapter : IGoldenAdapter
{
    public string Group => "apps";

    public bool Implements(GoldenObject golden) => golden.Name == "seed_programs";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        switch (golden.Json.GetProperty("program").GetInt32())
        {
            case 1: CustomLayer(golden, check); break;
            case 2: TwoInputs(golden, check); break;
            default: Training(golden, check); break;
        }
    }

    static int[] Units(GoldenCase golden) => [.. golden.List("units").Select(unit => unit.GetInt32())];

    static Tensor[] Weights(GoldenCase golden, string list) => [.. golden.List(list).Select(golden.Tensor)];

    static void CustomLayer(GoldenCase golden, GoldenCheck check)
    {
        var block = new MlpBlock(Units(golden));
        var shape = GoldenShape(golden.Json.GetProperty("input").GetProperty("shape"));
        var isOnes = golden.Json.GetProperty("input").GetProperty("rule").GetString() == "ones";
        var x = isOnes ? Ops.Ones(shape) : SplitMix(golden.Json.GetProperty("weight_seed").GetUInt64(), 1000, shape);
        Counts("before_first_call");
        block.Apply(x);
        Counts("after_first_call");
        check.Equal("prints", string.Join('\n', golden.List("prints").Select(line => line.GetString())), $"weights: {block.Weights.Count}\ntrainable weights: {block.TrainableWeights.Count}");
        check.Equal("parameters", golden.Json.GetProperty("params").GetInt64(), block.CountParams());
        block.SetWeights(Weights(golden, "weights"));
        check.Matches("output", golden.Json.GetProperty("output"), block.Apply(x));
        block.Trainable = false;
        int[] frozen = [block.Weights.Count, block.TrainableWeights.Count, block.NonTrainableWeights.Count];
        check.Equal("counts when frozen", string.Join(' ', golden.List("frozen")), string.Join(' ', frozen));

        void Counts(string when) => check.Equal($"counts {when}", string.Join(' ', golden.List(when)), $"{block.Weights.Count} {block.TrainableWeights.Count}");
    }

    static void TwoInputs(GoldenCase golden, GoldenCheck check)
    {
        var model = Model(golden.Json.GetProperty("input_dtype").GetString()!, Units(golden));
        model.SetWeights(Weights(golden, "weights"));
        var inputs = golden.Json.GetProperty("inputs");
        Tensor left = golden.Tensor(inputs.GetProperty("left")), right = golden.Tensor(inputs.GetProperty("right"));
        Tensor output = model.Apply(new() { ["right"] = right, ["left"] = left });
        check.Matches("output", golden.Json.GetProperty("output"), output);
        check.Equal("output by list", output.ToString(), model.Apply([left, right]).ToString());
        check.Equal("print of the input", golden.List("prints").First().GetString()!, $"Input: {left}");
        foreach (var (what, call) in new Dictionary<string, Action>
        {
            ["unknown name"] = () => model.Apply(new() { ["left"] = left, ["other"] = right }),
            ["one missing"] = () => model.Apply(new() { ["left"] = left }),
            ["three arrays"] = () => model.Apply([left, right, right]),
            ["last dimension 4 instead of 5"] = () => model.Apply([left[TensorIndex.Ellipsis, ..4], right[TensorIndex.Ellipsis, ..4]]),
            ["plain array"] = () => model.Apply(left),
        }) check.Refuses(what, call);
    }

    static void Training(GoldenCase golden, GoldenCheck check)
    {
        var x = golden.List("inputs").Select(golden.Tensor).ToArray();
        var y = golden.Tensor(golden.Json.GetProperty("target"));
        var steps = golden.Json.GetProperty("losses").GetProperty("values").GetArrayLength();
        var how = golden.Json.GetProperty("how").GetString();
        Model model = x.Length == 2 ? Model("float32", [16, 16, 1]) : new Sequential([new Input([x[0].Shape[1]]), new Dense(1)]);
        model.SetWeights(Weights(golden, "initial_weights"));
        var optimizer = Optimizer(golden.Json.GetProperty("optimizer"));
        Nest data = x.Length == 1 ? x[0] : Nest.List(x.Select(input => (Nest)input));
        var losses = how == "fit" ? Fitted() : Stepped(how == "function");
        Series("losses", golden.Json.GetProperty("losses"), losses);
        var after = golden.List("weights_after").ToArray();
        for (var i = 0; i < after.Length; i++) check.Matches($"weight {i} after", after[i], model.Weights[i].Value);

        double[] Stepped(bool compiled)
        {
            Tensor Step(Nest inputs, Tensor target)
            {
                using var tape = new GradientTape();
                var loss = Ops.Mean(Ops.Square(model.Apply(inputs, training: true).Single() - target));
                optimizer.Apply(tape.Gradient(loss, model.TrainableVariables), model.TrainableVariables);
                return loss;
            }

            optimizer.Build(model.TrainableVariables);
            var function = Function.Of((Tensor[] all) => Step(all.Length == 2 ? all[0] : Nest.List([all[0], all[1]]), all[^1]));
            return [.. Enumerable.Range(0, steps).Select(_ => (double)(compiled ? function.Apply([.. x, y]) : Step(data, y)))];
        }

        double[] Fitted()
        {
            model.Compile(optimizer, loss: "mse", metrics: ["mae"]);
            var history = model.Fit(data, y, batchSize: y.Shape[0], epochs: steps, shuffle: false, verbose: 0);
            var extra = golden.Json.GetProperty("extra");
            Series("mae", extra.GetProperty("mae"), [.. history["mae"]]);
            var results = model.Evaluate(data, y, batchSize: y.Shape[0], verbose: 0);
            Series("evaluate", extra.GetProperty("evaluate"), [results["loss"], results["mae"]]);
            return [.. history["loss"]];
        }

        void Series(string what, JsonElement expected, double[] actual)
        {
            var values = expected.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            check.Equal($"number of {what}", values.Length, actual.Length);
            for (var i = 0; i < Math.Min(values.Length, actual.Length); i++) check.Close($"{what} {i}", values[i], actual[i], expected.GetProperty("atol").GetDouble(), expected.GetProperty("rtol").GetDouble());
        }
    }

    static Model Model(string dtype, int[] units)
    {
        var left = new Input([null, 5], dtype: dtype, name: "left");
        var right = new Input([null, 5], dtype: dtype, name: "right");
        var merged = dtype == "int32" ? Ops.Cast(left + right, "float32") : (left + right) / 2;
        return new Model(inputs: [left, right], outputs: new MlpBlock(units).Apply(Ops.Mean(merged, axis: 1)));
    }

    static Optimizer Optimizer(JsonElement json)
    {
        var config = (Dictionary<string, object?>)GoldenConfig.Value(json)!;
        var name = (string)config["class"]!;
        config.Remove("class");
        return (Optimizer)Tapestry.Keras.Configuration.ObjectConfig.Create(Tapestry.Keras.Configuration.ObjectRegistry.Find(typeof(Optimizer), name)!, config);
    }

    static Shape GoldenShape(JsonElement json) => new([.. json.EnumerateArray().Select(dimension => dimension.GetInt32())]);

    // The formula of the group's page for numbers in [-1, 1).
    static Tensor SplitMix(ulong seed, ulong tensor, Shape shape)
    {
        unchecked
        {
            var key = Mix(seed + (tensor * 0xD1B54A32D192ED03));
            var values = new float[shape.Size];
            for (var i = 0; i < values.Length; i++) values[i] = (float)(((Mix(key + ((ulong)i * 0x9E3779B97F4A7C15)) >> 40) * Math.Pow(2, -23)) - 1);
            return Ops.FromSpan<float>(values, shape);
        }

        static ulong Mix(ulong z)
        {
            z += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    sealed class MlpBlock(int[] units) : Layer
    {
        readonly Dense first = new(units[0], activation: "relu");
        readonly Dense second = new(units[1], activation: "relu");
        readonly Dense last = new(units[2]);

        protected override Tensor Call(Tensor x, CallContext context) => last.Apply(second.Apply(first.Apply(x)));
    }
}
