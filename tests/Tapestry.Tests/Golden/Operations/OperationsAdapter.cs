using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>
/// Runs the cases of single functions. A function is found by its name and its arguments by theirs (<see cref="OperationBinding"/>), so that a new operation needs nothing here;
/// only those whose arguments differ in form from the originals' stand in the table below.
/// </summary>
sealed class OperationsAdapter : IGoldenAdapter
{
    static readonly Dictionary<string, Func<GoldenCall, Tensor[]>> Functions = new()
    {
        ["keras.ops.split"] = c => SplitAt(c),
        ["keras.ops.matmul"] = c => [Ops.MatMul(c.Tensor(0), c.Tensor(1))],
        ["tf.linalg.matmul"] = c => [Ops.MatMul(c.Tensor(0), c.Tensor(1), c.Flag("transpose_a"), c.Flag("transpose_b"))],
        ["keras.ops.conv"] = c => [Ops.Conv(c.Tensor(0), c.Tensor(1), c.Integers("strides"), c.Text("padding", "valid"), c.Text("data_format"), c.Integers("dilation_rate"))],
        ["keras.ops.depthwise_conv"] = c => [Ops.DepthwiseConv(c.Tensor(0), c.Tensor(1), c.Integers("strides"), c.Text("padding", "valid"), c.Text("data_format"), c.Integers("dilation_rate"))],
        ["keras.ops.separable_conv"] = c => [Ops.SeparableConv(c.Tensor(0), c.Tensor(1), c.Tensor(2), c.Integers("strides"), c.Text("padding", "valid"), c.Text("data_format"), c.Integers("dilation_rate"))],
        ["keras.ops.conv_transpose"] = c => [Ops.ConvTranspose(c.Tensor(0), c.Tensor(1), c.Integers("strides"), c.Text("padding", "valid"), c.Integers("output_padding"), c.Text("data_format"), c.Integers("dilation_rate"))],
        ["keras.ops.max_pool"] = c => [Ops.MaxPool(c.Tensor(0), c.Integers(1, "pool_size"), c.Integers("strides"), c.Text("padding", "valid"), c.Text("data_format"))],
        ["keras.ops.average_pool"] = c => [Ops.AveragePool(c.Tensor(0), c.Integers(1, "pool_size"), c.Integers("strides"), c.Text("padding", "valid"), c.Text("data_format"))],
        ["keras.ops.softmax"] = c => [c.Has("axis") && c.IsList("axis") ? Ops.Softmax(c.Tensor(0), c.Integers("axis")) : Ops.Softmax(c.Tensor(0), c.Axis())],
        ["keras.ops.log_softmax"] = c => [c.Has("axis") && c.IsList("axis") ? Ops.LogSoftmax(c.Tensor(0), c.Integers("axis")) : Ops.LogSoftmax(c.Tensor(0), c.Axis())],
        ["tf.nn.bias_add"] = c => [Ops.BiasAdd(c.Tensor(0), c.Tensor(1), c.Text("data_format"))],
        ["tf.nn.sparse_softmax_cross_entropy_with_logits"] = c => [Ops.SparseSoftmaxCrossEntropyWithLogits(c.Tensor("labels"), c.Tensor("logits"))],
        ["tf.nn.softmax_cross_entropy_with_logits"] = c => [Ops.SoftmaxCrossEntropyWithLogits(c.Tensor("labels"), c.Tensor("logits"), (int)c.Number("axis", -1))],
        ["tf.nn.sigmoid_cross_entropy_with_logits"] = c => [Ops.SigmoidCrossEntropyWithLogits(c.Tensor("labels"), c.Tensor("logits"))],
        ["keras.ops.relu6"] = c => [Ops.Relu6(c.Tensor(0))],
        ["keras.ops.leaky_relu"] = c => [Ops.LeakyRelu(c.Tensor(0), c.Number("negative_slope", 0.2))],
        ["keras.ops.elu"] = c => [Ops.Elu(c.Tensor(0), c.Number("alpha", 1))],
        ["keras.ops.celu"] = c => [Ops.Celu(c.Tensor(0), c.Number("alpha", 1))],
        ["keras.ops.selu"] = c => [Ops.Selu(c.Tensor(0))],
        ["keras.ops.hard_tanh"] = c => [Ops.HardTanh(c.Tensor(0))],
        ["keras.ops.hard_shrink"] = c => [Ops.HardShrink(c.Tensor(0), c.Number("threshold", 0.5))],
        ["keras.ops.soft_shrink"] = c => [Ops.SoftShrink(c.Tensor(0), c.Number("threshold", 0.5))],
        ["keras.ops.sparse_plus"] = c => [Ops.SparsePlus(c.Tensor(0))],
        ["keras.ops.sparse_sigmoid"] = c => [Ops.SparseSigmoid(c.Tensor(0))],
        ["keras.ops.threshold"] = c => [Ops.Threshold(c.Tensor(0), c.Number(1), c.Number(2))],
        ["keras.ops.einsum"] = c => [Ops.Einsum(c.Text(0), c.Tensors(1))],
        ["tf.einsum"] = c => [Ops.Einsum(c.Text(0), c.Tensors(1))],
        ["keras.ops.dot"] = c => [Ops.Dot(c.Tensor(0), c.Tensor(1))],
        ["keras.ops.inner"] = c => [Ops.Inner(c.Tensor(0), c.Tensor(1))],
        ["keras.ops.outer"] = c => [Ops.Outer(c.Tensor(0), c.Tensor(1))],
        ["keras.ops.tensordot"] = c => [TensorDot(c)],
        ["tf.linalg.tensordot"] = c => [TensorDot(c)],
        ["tf.linalg.matvec"] = c => [Ops.MatVec(c.Tensor(0), c.Tensor(1), c.Flag("transpose_a"))],
        ["tf.linalg.matrix_transpose"] = c => [Ops.MatrixTranspose(c.Tensor(0))],
        ["tf.nn.conv1d"] = c => [Convolution(c)],
        ["tf.nn.conv2d"] = c => [Convolution(c)],
        ["tf.nn.conv3d"] = c => [Convolution(c)],
        ["tf.nn.convolution"] = c => [Convolution(c)],
        ["tf.nn.atrous_conv2d"] = c => [Ops.Convolution(c.Tensor(0), c.Tensor(1), [], c.Text(3), dilations: c.Integers(2, "rate"))],
        ["tf.nn.max_pool"] = c => [Pool(c, isMax: true)],
        ["tf.nn.avg_pool"] = c => [Pool(c, isMax: false)],
        ["tf.image.resize"] = c => [Resize(c)],
    };

    const string Keras = "Ops follows keras.ops where TensorFlow's own function differs";
    const string Zero = "the original takes -0 for smaller than 0 here; ours takes the first of equal numbers";
    const string Nan = "the original's order with NaN is arbitrary; ours is last";

    // Cases in which the originals differ from each other, or that are meant to be left out.
    static readonly Dictionary<(string Function, string Case), string> Others = new()
    {
        [("tf.math.reduce_prod", "c06_uint8")] = Keras, [("tf.math.reduce_sum", "c06_uint8")] = Keras, [("tf.math.reduce_mean", "c05_int")] = Keras, [("tf.math.reduce_mean", "c06_uint8")] = Keras,
        [("tf.math.pow", "c03_int_negative")] = Keras, [("tf.where", "c03_dtype")] = Keras, [("tf.concat", "c01_dtype")] = Keras, [("tf.tile", "c02_rank")] = Keras,
        [("tf.math.floormod", "c04_int_zero")] = Keras, [("tf.math.floordiv", "c04_int_zero")] = Keras, [("keras.ops.where", "c04_condition_only")] = "Ops.Where of a condition is tf.where; keras.ops.nonzero is Ops.NonZero",
        [("keras.ops.sort", "c06_nan_inf")] = Nan, [("keras.ops.argsort", "c06_nan_inf")] = Nan, [("keras.ops.top_k", "c05_nan")] = Nan, [("tf.math.reduce_max", "c04_empty")] = Keras, [("tf.math.reduce_max", "c09_int_empty")] = Keras, [("tf.math.reduce_min", "c04_empty")] = Keras, [("tf.math.reduce_min", "c09_int_empty")] = Keras,
        [("keras.ops.argmax", "c06_neg_zero_first")] = Zero, [("keras.ops.argmin", "c05_zeros_sign")] = Zero,
    };

    public string Group => "ops";

    public bool Implements(GoldenObject golden) => Functions.ContainsKey(golden.Name) || golden.Name is "keras.ops.nn.options" or "tf.nn.activations" || OperationBinding.Knows(golden.Name);

    // keras.ops.split takes the places where to cut, Ops.Split the sizes of the parts, as tf.split does.
    static Tensor[] SplitAt(GoldenCall call)
    {
        var (x, axis, cuts) = (call.Tensor(0), (int)call.Number("axis", 0), call.Integers(1, "indices_or_sections"));
        if ((call.Argument(1) ?? call.Find("indices_or_sections"))!.Value.ValueKind == JsonValueKind.Number) return Ops.Split(x, cuts[0], axis);
        int[] edges = [0, .. cuts, x.Shape[axis]];
        return Ops.Split(x, [.. edges.Zip(edges.Skip(1), (from, to) => to - from)], axis);
    }

    static Tensor Resize(GoldenCall call)
    {
        if (call.Flag("preserve_aspect_ratio") || call.Text("method") == "area") throw new GoldenSkipException("not there yet");
        var size = call.Integers(1, "size");
        return Ops.Resize(call.Tensor(0), size[0], size[1], Enum.Parse<ResizeMethod>(call.Text("method", "bilinear"), ignoreCase: true), call.Flag("antialias"));
    }

    static Tensor TensorDot(GoldenCall call)
    {
        var axes = call.Find("axes") ?? (call.Count > 2 ? call.Argument(2) : null);
        if (axes is not { } given) return Ops.TensorDot(call.Tensor(0), call.Tensor(1));
        if (given.ValueKind == JsonValueKind.Number) return Ops.TensorDot(call.Tensor(0), call.Tensor(1), given.GetInt32());
        return Ops.TensorDot(call.Tensor(0), call.Tensor(1), GoldenCall.Integers(given[0]), GoldenCall.Integers(given[1]));
    }

    static Tensor Convolution(GoldenCall call)
    {
        var rank = call.Tensor(0).Rank - 2;
        var strides = Spatial(call.Integers(2, "strides"), rank);
        var dilations = Spatial(call.Integers("dilations"), rank);
        var padding = call.Argument(3) ?? call.Find("padding")!.Value;
        return padding.ValueKind == JsonValueKind.String
            ? Ops.Convolution(call.Tensor(0), call.Tensor(1), strides, padding.GetString()!, dataFormat: call.Text("data_format"), dilations: dilations)
            : Ops.Convolution(call.Tensor(0), call.Tensor(1), strides, pads: Pads(padding), dilations: dilations);
    }

    static (int, int)[] Pads(JsonElement padding) => [.. padding.EnumerateArray().Skip(1).SkipLast(1).Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))];

    static Tensor Pool(GoldenCall call, bool isMax)
    {
        var rank = call.Tensor(0).Rank - 2;
        var (size, strides) = (Spatial(call.Integers(1, "ksize"), rank), Spatial(call.Integers(2, "strides"), rank));
        var padding = call.Argument(3) ?? call.Find("padding")!.Value;
        (int, int)[] pads = padding.ValueKind == JsonValueKind.String ? [] : Pads(padding);
        var mode = padding.ValueKind == JsonValueKind.String ? padding.GetString()! : "valid";
        return isMax ? Ops.MaxPool(call.Tensor(0), size, strides, mode, call.Text("data_format"), pads) : Ops.AveragePool(call.Tensor(0), size, strides, mode, call.Text("data_format"), pads);
    }

    static int[] Spatial(int[] given, int rank) => given.Length == rank + 2 ? given[1..^1] : given;

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden is { Object.Name: "keras.ops.conv", Name: "c19_empty_batch" }) check.Skip("the original gives an empty batch the shape of its input");
        if (golden is { Object.Name: "keras.ops.einsum", Name: "c04_implicit_transpose" }) check.Skip("the original renames the letters and so forgets their alphabetical order");
        if (golden is { Object.Name: "keras.ops.nn.options", Name: "c10_edges_celu" or "c27_edges_sparse_plus" }) check.Skip("at infinities the original's gradient is that of its own formula (0 or NaN)");
        if (golden is { Object.Name: "tf.linalg.matmul", Name: "c04_adjoint_complex" }) check.Skip("adjoint arguments are not there yet");
        if (golden is { Object.Name: "tf.linalg.matmul", Name: "c08_vector" or "c09_dtype" }) check.Skip("Ops.MatMul follows keras.ops.matmul, which accepts this");
        if (Others.TryGetValue((golden.Object.Name, golden.Name), out var other)) check.Skip(other);
        if (golden.Json.TryGetProperty("described", out _)) check.Skip("the call is described in words");
        var name = golden.Json.TryGetProperty("function", out var own) ? own.GetString()! : golden.Object.Name;
        var call = new GoldenCall(golden);
        if (!Functions.TryGetValue(name, out var function)) function = OperationBinding.Find(name, golden, call);
        if (golden.Field("error") is { } error)
        {
            if (error.TryGetProperty("optional", out _)) check.Skip("may be accepted or refused");
            else check.Refuses("call", () => function(call));
            return;
        }

        using var tape = new GradientTape(persistent: true);
        using var second = new GradientTape(persistent: true);
        var inputs = golden.Field("gradients") is { } gradients ? gradients.GetProperty("inputs").EnumerateArray().ToArray() : [];
        foreach (var input in inputs)
        {
            tape.Watch(call.ByKey(input.GetProperty("tensor").GetString()!));
            second.Watch(call.ByKey(input.GetProperty("tensor").GetString()!));
        }

        var outputs = function(call);
        var i = 0;
        foreach (var expected in golden.List("outputs")) check.Matches($"output {i}", expected, outputs[i++]);
        if (golden.Field("gradients") is not { } given) return;
        var upstream = given.GetProperty("upstream").EnumerateArray().Select(key => key.ValueKind == JsonValueKind.Null ? null : golden.Tensor(key)).ToArray();
        var targets = outputs.Where((_, index) => upstream[index] is not null).ToArray();
        if (targets.Length == 0) return;
        var kept = upstream.Where(each => each is not null).Select((each, index) => targets[index].DType.IsComplex ? GoldenStorage.Convert(each!, targets[index].DType.Name) : Ops.Cast(each!, targets[index].DType)).ToArray();
        var first = new Tensor?[inputs.Length];
        for (var j = 0; j < inputs.Length; j++)
        {
            var source = call.ByKey(inputs[j].GetProperty("tensor").GetString()!);
            for (var t = 0; t < targets.Length; t++)
            {
                if (tape.Gradient(targets[t], source, kept[t]) is { } part) first[j] = first[j] is { } sum ? sum + part : part;
            }

            if (inputs[j].TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null) check.Matches($"gradient {j}", inputs[j], first[j]);
        }

        if (golden.Field("hvp") is not { } hvp) return;
        var directions = hvp.GetProperty("direction").EnumerateArray().Select(each => golden.Tensor(each.GetProperty("value"))).ToArray();
        var products = hvp.GetProperty("values").EnumerateArray().ToArray();
        for (var j = 0; j < products.Length; j++)
        {
            Tensor? total = null;
            for (var k = 0; k < inputs.Length; k++)
            {
                if (first[k] is null) continue;
                if (second.Gradient(first[k]!, call.ByKey(products[j].GetProperty("tensor").GetString()!), directions[k]) is { } part) total = total is null ? part : total + part;
            }

            if (products[j].TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null) check.Matches($"hvp {j}", products[j], total ?? Ops.ZerosLike(first[j]!));
        }
    }
}
