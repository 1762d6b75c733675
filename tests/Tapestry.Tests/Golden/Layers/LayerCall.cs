using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Layers;

/// <summary>The call of a layer in one case, and what is compared after it.</summary>
sealed class LayerCall
{
    readonly GoldenCase golden;
    readonly GoldenCheck check;
    readonly Layer layer;
    readonly Tensor[] inputs;
    readonly Tensor?[] tensors;
    readonly Dictionary<string, Nest> arguments = [];
    readonly bool? training;
    readonly Nest? mask;

    internal LayerCall(GoldenCase golden, GoldenCheck check, Layer layer)
    {
        this.golden = golden;
        this.check = check;
        this.layer = layer;
        inputs = [.. golden.List("inputs").Select(golden.Tensor)];
        foreach (var (input, key) in inputs.Zip(golden.List("input_masks"))) input.Mask = key.ValueKind == JsonValueKind.Null ? null : golden.Tensor(key);
        foreach (var argument in golden.Field("call")?.EnumerateObject().ToArray() ?? [])
        {
            if (argument.Name == "training") training = argument.Value.ValueKind == JsonValueKind.Null ? null : argument.Value.GetBoolean();
            else arguments[argument.Name] = Nest.Of(GoldenConfig.Value(argument.Value));
        }

        foreach (var argument in golden.Field("call_tensors")?.EnumerateObject().ToArray() ?? [])
        {
            if (argument.Name == "mask") mask = Read(argument.Value);
            else arguments[argument.Name] = Read(argument.Value);
        }

        tensors = [.. (golden.Field("call_tensors")?.EnumerateObject().ToArray() ?? [])
            .SelectMany(argument => (argument.Name == "mask" ? mask! : arguments[argument.Name]).FlattenLeaves().OfType<Tensor>())];
    }

    /// <summary>Calls the layer with everything that the case says.</summary>
    internal Nest Call(IReadOnlyList<Tensor>? other = null)
    {
        var given = other ?? inputs;
        var nest = golden.Field("call_style") is null ? Nest.Of(given[0]) : Nest.List(given.Select(input => (Nest)input));
        return layer.Apply(nest, training, mask, arguments.Count == 0 ? null : arguments);
    }

    internal void Run()
    {
        Build();
        foreach (var warmup in golden.List("warmup")) Call([.. warmup.EnumerateArray().Select(golden.Tensor)]);
        if (golden.Field("random")?.GetBoolean() == true)
        {
            RandomFacts.Check(golden, check, inputs, Call());
            return;
        }

        using var tape = new GradientTape(persistent: true);
        foreach (var tensor in inputs.Concat(tensors.OfType<Tensor>()).Where(tensor => tensor.DType.IsFloating)) tape.Watch(tensor);
        var outputs = Call().FlattenLeaves().Cast<Tensor?>().ToArray();
        using (tape.StopRecording()) Compare(outputs);
        tape.Dispose();
        CompareGradients(tape, outputs);
    }

    void Build()
    {
        Call();
        var expected = golden.List("weights").ToArray();
        check.Equal("number of weights", expected.Length, layer.Weights.Count);
        if (expected.Length != layer.Weights.Count) return;
        var fresh = LayersAdapter.Make(golden);
        CallPipeline.Infer(fresh, golden.Field("call_style") is null ? Nest.Of(inputs[0].Spec) : Nest.List(inputs.Select(input => Nest.Of(input.Spec))));
        for (var i = 0; i < expected.Length; i++)
        {
            var weight = layer.Weights[i];
            check.Equal($"name of weight {i}", expected[i].GetProperty("name").GetString()!, weight.Name);
            check.Equal($"path of weight {i}", WithoutNumber(expected[i].GetProperty("path").GetString()!), WithoutNumber(weight.Path));
            check.Equal($"trainable of weight {i}", expected[i].GetProperty("trainable").GetBoolean(), weight.Trainable);
            check.Equal($"shape of weight {i}", LayersAdapter.ShapeOf(expected[i].GetProperty("shape")), weight.Shape);
            if (expected[i].TryGetProperty("initial", out var initial) && fresh.Weights.Count == expected.Length) Initial(i, initial, fresh.Weights[i]);
        }

        // States between calls are made at the first call here, and are not all listed there; generators of random numbers are.
        const string Generator = "seed_generator_state";
        check.Equal("generators of random numbers", golden.List("other_variables").Count(variable => variable.GetProperty("name").GetString() == Generator), layer.Variables.Count(variable => variable.Name == Generator));
        // States that the first call left behind are none of the case's.
        if (layer is RecurrentLayer { Stateful: true } recurrent) recurrent.ResetState();
        layer.SetWeights([.. expected.Select(weight => golden.Tensor(weight.GetProperty("value")))]);
    }

    // The first part is the layer's own name, which is numbered when there are several.
    string WithoutNumber(string path) => path[(path.IndexOf('/') + 1)..];

    void Initial(int i, JsonElement initial, Variable weight)
    {
        var value = weight.Value;
        if (initial.ValueKind == JsonValueKind.Number) check.Close($"first value of weight {i}", TensorFactory.Full(value.DType, value.Shape, initial.GetDouble()), value, 1e-7, 1e-6);
        else check.Close($"first value of weight {i}", golden.Tensor(initial), value, 1e-7, 1e-6);
    }

    void Compare(Tensor?[] outputs)
    {
        var expected = golden.List("outputs").ToArray();
        check.Equal("number of outputs", expected.Length, outputs.Length);
        for (var i = 0; i < Math.Min(expected.Length, outputs.Length); i++) check.Matches($"output {i}", expected[i], outputs[i]);
        var masks = golden.List("output_masks").ToArray();
        for (var i = 0; i < Math.Min(masks.Length, outputs.Length); i++)
        {
            var actual = outputs[i]?.Mask;
            if (masks[i].ValueKind == JsonValueKind.Null) check.True($"mask of output {i}", actual is null, "there is a mask where none is expected");
            else if (actual is null) check.Fail($"mask of output {i}", "there is none");
            else check.Close($"mask of output {i}", golden.Tensor(masks[i]), actual, 0, 0);
        }

        var losses = golden.List("losses").ToArray();
        check.Equal("number of losses", losses.Length, layer.Losses.Count);
        for (var i = 0; i < Math.Min(losses.Length, layer.Losses.Count); i++) check.Matches($"loss {i}", losses[i], layer.Losses[i]);
        foreach (var after in golden.List("weights_after")) check.Matches($"weight {after.GetProperty("index")} after the call", after, layer.Weights[after.GetProperty("index").GetInt32()].Value);
    }

    void CompareGradients(GradientTape tape, Tensor?[] outputs)
    {
        if (golden.Field("gradients") is not { } gradients) return;
        var upstream = gradients.GetProperty("upstream").EnumerateArray().ToArray();
        var used = Enumerable.Range(0, upstream.Length).Where(i => upstream[i].ValueKind != JsonValueKind.Null).ToArray();
        var targets = Nest.List(used.Select(i => (Nest)outputs[i]!));
        var seeds = Nest.List(used.Select(i => (Nest)golden.Tensor(upstream[i])));
        var trainable = layer.TrainableWeights;
        var sources = Nest.List([.. inputs.Select(input => (Nest)input), .. tensors.Select(tensor => (Nest)tensor!), .. trainable.Select(weight => (Nest)weight)]);
        var results = tape.Gradient(targets, sources, seeds).FlattenLeaves();
        Each("input", gradients.GetProperty("inputs"), results[..inputs.Length]);
        if (gradients.TryGetProperty("call_tensors", out var expected)) Each("argument", expected, results[inputs.Length..(inputs.Length + tensors.Length)]);
        Each("weight", gradients.GetProperty("weights"), results[^trainable.Count..]);
    }

    void Each(string what, JsonElement expected, List<object?> actual)
    {
        var entries = expected.EnumerateArray().ToArray();
        check.Equal($"number of gradients of each {what}", entries.Length, actual.Count);
        for (var i = 0; i < Math.Min(entries.Length, actual.Count); i++)
        {
            if (entries[i].ValueKind != JsonValueKind.Null) check.Matches($"gradient of {what} {i}", entries[i], actual[i] as Tensor);
        }
    }

    Nest Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => Nest.List(json.EnumerateArray().Select(Read)),
        JsonValueKind.Null => Nest.Of(null),
        _ => golden.Tensor(json),
    };
}
