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
        ["tf.linalg.matmul"] = c => [Ops.MatMul(c.Tensor(0), c.Tensor(1), c.Flag("transpose_a"), c.Flag("transpose_b"), c.Flag("adjoint_a"), c.Flag("adjoint_b"))],
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
        ["tf.nn.pool"] = c => [GenericPool(c)],
        ["tf.nn.atrous_conv2d_transpose"] = c => [Ops.ConvolutionTranspose(c.Tensor(0), c.Tensor(1), Spatial(c.Integers(2, "output_shape"), 2), [], c.Text(4), dilations: c.Integers(3, "rate"))],
        ["tf.nn.gelu"] = c => [Ops.Gelu(c.Tensor(0), c.Flag("approximate"))],
        ["tf.math.count_nonzero"] = c => [Ops.CountNonZero(c.Tensor(0), c.Integers("axis"), dtype: DType.Int64)],
        ["tf.math.approx_max_k"] = c => Greatest(c, 1f),
        ["tf.math.approx_min_k"] = c => Greatest(c, -1f),
        ["tf.strided_slice"] = c => [Ops.GetItem(c.Tensor(0), Masked(c))],
        ["keras.ops.sparse_categorical_crossentropy"] = c => [Ops.SparseCategoricalCrossentropy(c.Tensor(0), c.Tensor(1), c.Flag("from_logits"))],
        ["keras.ops.fliplr"] = c => [Ops.Reverse(c.Tensor(0), 1)],
        ["keras.ops.flipud"] = c => [Ops.Reverse(c.Tensor(0), 0)],
        ["tf.image.flip_left_right"] = c => [Ops.Reverse(c.Tensor(0), -2)],
        ["tf.image.flip_up_down"] = c => [Ops.Reverse(c.Tensor(0), -3)],
        ["tf.image.transpose"] = c => [Ops.SwapAxes(c.Tensor(0), -3, -2)],
        ["tf.linalg.adjoint"] = c => [Ops.Conj(Ops.MatrixTranspose(c.Tensor(0)))],
        ["keras.ops.ravel"] = c => [Ops.Reshape(c.Tensor(0), [null])],
        ["keras.ops.fabs"] = c => [Ops.Abs(Ops.Cast(c.Tensor(0), c.Tensor(0).DType.IsFloating ? c.Tensor(0).DType : DType.Float32))],
        ["tf.identity_n"] = c => [.. Enumerable.Range(0, c.Argument(0)!.Value.GetArrayLength()).Select(i => Ops.Identity(c.Tensor(c.Argument(0)!.Value[i])))],
        ["keras.ops.image.resize"] = c => [ResizeImages(c)],
        ["tf.sort"] = c => [Ops.Sort(c.Tensor(0), (int)c.Number("axis", -1), c.Text("direction") == "DESCENDING")],
        ["tf.argsort"] = c => [Ops.ArgSort(c.Tensor(0), (int)c.Number("axis", -1), c.Text("direction") == "DESCENDING")],
        ["keras.ops.linspace"] = c => Linspace(c),
        ["keras.ops.scatter_update"] = c => [Ops.ScatterUpdate(c.Tensor(0), c.Tensor(1), c.Tensor(2), Reduction(c.Text("reduction")))],
        ["tf.linalg.diag"] = c => [Diagonals(c)],
        ["tf.linalg.diag_part"] = c => [c.Has("k") ? Ops.MatrixDiagPart(c.Tensor(0), c.Integers("k")[0], c.Integers("k")[^1], c.Number("padding_value", 0), Alignment(c)) : Ops.MatrixDiagPart(c.Tensor(0))],
        ["tf.linalg.set_diag"] = c => [c.Has("k") ? Ops.MatrixSetDiag(c.Tensor(0), c.Tensor(1), c.Integers("k")[0], c.Integers("k")[^1], Alignment(c)) : Ops.MatrixSetDiag(c.Tensor(0), c.Tensor(1))],
        ["tf.linalg.trace"] = c => [Ops.Trace(c.Tensor(0), 0, -2, -1)],
        ["tf.nn.conv1d_transpose"] = c => [ConvolutionTranspose(c)],
        ["tf.nn.conv2d_transpose"] = c => [ConvolutionTranspose(c)],
        ["tf.nn.conv3d_transpose"] = c => [ConvolutionTranspose(c)],
        ["tf.nn.depthwise_conv2d"] = c => [Ops.DepthwiseConv(c.Tensor(0), c.Tensor(1), Spatial(c.Integers(2, "strides"), 2), c.Text(3), dilationRate: c.Integers("dilations"))],
        ["tf.nn.separable_conv2d"] = c => [Ops.SeparableConv(c.Tensor(0), c.Tensor(1), c.Tensor(2), Spatial(c.Integers(3, "strides"), 2), c.Text(4), dilationRate: c.Integers("dilations"))],
        ["tf.Tensor.__getitem__"] = c => [Ops.GetItem(c.Tensor(0), [.. Enumerable.Range(1, c.Count - 1).Select(i => Index(c, c.Argument(i)))])],
        ["keras.ops.get_item"] = c => [Ops.GetItem(c.Tensor(0), c.Argument(1) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray().Select(item => Index(c, item))] : [Index(c, c.Argument(1))])],
    };

    // Objects whose cases name functions of their own.
    static readonly string[] Collections = ["keras.ops.nn.options", "tf.bitwise", "tf.nn.activations", "tf.math.misc", "semantics.precision", "keras.ops.control"];

    public string Group => "ops";

    public bool Implements(GoldenObject golden) => Functions.ContainsKey(golden.Name) || golden.Name == "tf.Tensor.getitem" || Collections.Contains(golden.Name) || OperationBinding.Knows(golden.Name);

    // keras.ops.split takes the places where to cut, Ops.Split the sizes of the parts, as tf.split does.
    static Tensor[] SplitAt(GoldenCall call)
    {
        var (x, axis, cuts) = (call.Tensor(0), (int)call.Number("axis", 0), call.Integers(1, "indices_or_sections"));
        if ((call.Argument(1) ?? call.Find("indices_or_sections"))!.Value.ValueKind == JsonValueKind.Number) return Ops.Split(x, cuts[0], axis);
        int[] edges = [0, .. cuts, x.Shape[axis]];
        return Ops.Split(x, [.. edges.Zip(edges.Skip(1), (from, to) => to - from)], axis);
    }

    // Where the original returns the step as well there is an overload here.
    static Tensor[] Linspace(GoldenCall call)
    {
        var (num, endpoint, axis, dtype) = ((int)call.Number("num", 50), call.Flag("endpoint", otherwise: true), (int)call.Number("axis", 0), call.Text("dtype") is { } name ? (DType)name : null);
        if (!call.Flag("retstep")) return call.Argument(0)!.Value.ValueKind == JsonValueKind.Number && call.Argument(1)!.Value.ValueKind == JsonValueKind.Number ? [Ops.Linspace(call.Number(0), call.Number(1), num, endpoint, dtype)] : [Ops.Linspace(call.Tensor(0), call.Tensor(1), num, endpoint, dtype, axis)];
        var values = Ops.Linspace(call.Tensor(0), call.Tensor(1), out var step, num, endpoint, dtype, axis);
        return [values, step];
    }

    static ScatterReduction Reduction(string? name) => name switch
    {
        null => ScatterReduction.Replace,
        "add" => ScatterReduction.Add,
        "mul" => ScatterReduction.Multiply,
        "min" => ScatterReduction.Minimum,
        "max" => ScatterReduction.Maximum,
        _ => (ScatterReduction)(-1),
    };

    static Tensor Diagonals(GoldenCall call)
    {
        var k = call.Integers("k");
        if (k.Length < 2 && !call.Has("num_rows") && !call.Has("num_cols")) return Ops.MatrixDiag(call.Tensor(0), k.FirstOrDefault());
        int? Count(string name) => call.Has(name) ? (int)call.Number(name, 0) : null;
        return Ops.MatrixDiag(call.Tensor(0), k.Length == 0 ? 0 : k[0], k.Length == 0 ? 0 : k[^1], Count("num_rows"), Count("num_cols"), call.Number("padding_value", 0), Alignment(call));
    }

    static DiagonalAlignment Alignment(GoldenCall call) => Enum.Parse<DiagonalAlignment>(call.Text("align", "RIGHT_LEFT").Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    // The shape of the output is given whole.
    static Tensor ConvolutionTranspose(GoldenCall call)
    {
        var rank = call.Tensor(0).Rank - 2;
        return Ops.ConvolutionTranspose(call.Tensor(0), call.Tensor(1), Spatial(call.Integers(2, "output_shape"), rank), Spatial(call.Integers(3, "strides"), rank), call.Text(4));
    }

    static TensorIndex Index(GoldenCall call, JsonElement? item)
    {
        if (item is not { } given) return TensorIndex.NewAxis;
        if (given.ValueKind == JsonValueKind.Number) return given.TryGetInt32(out var position) ? position : throw new ArgumentException("such a call does not compile");
        if (given.TryGetProperty("ellipsis", out _)) return TensorIndex.Ellipsis;
        if (given.TryGetProperty("newaxis", out _)) return TensorIndex.NewAxis;
        if (!given.TryGetProperty("slice", out var slice)) return call.Tensor(given);
        int? At(int i) => slice[i].ValueKind == JsonValueKind.Null ? null : slice[i].GetInt32();
        return TensorIndex.Slice(At(0), At(1), At(2) ?? 1);
    }

    static Tensor Resize(GoldenCall call)
    {
        var size = call.Integers(1, "size");
        return Ops.Resize(call.Tensor(0), size[0], size[1], Enum.Parse<ResizeMethod>(call.Text("method", "bilinear"), ignoreCase: true), call.Flag("antialias"), call.Flag("preserve_aspect_ratio"));
    }

    static Tensor ResizeImages(GoldenCall call)
    {
        var size = call.Integers(1, "size");
        if (size.Length != 2 || !Enum.TryParse<ResizeMethod>(call.Text("interpolation", "bilinear"), ignoreCase: true, out var method)) throw new ArgumentException("such a call does not compile");
        return Ops.ResizeImages(call.Tensor(0), size[0], size[1], method, call.Flag("antialias"), call.Flag("crop_to_aspect_ratio"), call.Flag("pad_to_aspect_ratio"), call.Number("fill_value", 0), call.Text("data_format"));
    }

    static bool HasNaN(Tensor x) => x.DType.IsFloating && Ops.Any(Ops.IsNaN(x)).Item<bool>();

    // The original's order is arbitrary where there is NaN, and where none is asked for. Ours is the order of the numbers, and NaN is last.
    static void CheckOrder(Tensor x, string name, Tensor[] outputs, GoldenCheck check)
    {
        var isDescending = name == "keras.ops.top_k";
        var rows = x.ToArray<float>().Chunk(x.Shape[^1]).ToArray();
        var kept = outputs[0].Shape[^1];
        var expected = rows.SelectMany(row => row.Where(value => !float.IsNaN(value)).OrderBy(value => isDescending ? -value : value).Concat(row.Where(float.IsNaN)).Take(kept)).ToArray();
        var positions = outputs[^1].DType.IsInteger ? outputs[^1].ToArray<int>() : null;
        if (outputs[0].DType.IsFloating) check.True("values", outputs[0].ToArray<float>().SequenceEqual(expected), "another order");
        if (positions is not null) check.True("positions", positions.Select((position, i) => rows[i / kept][position]).SequenceEqual(expected), "another order");
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

    // Unlike the poolings with names of their own this one moves by 1 unless told otherwise.
    static Tensor GenericPool(GoldenCall call)
    {
        var (x, size, strides, padding, dilations) = (call.Tensor(0), call.Integers(1, "window_shape"), call.Has("strides") ? call.Integers("strides") : [1], call.Text("padding", "VALID"), call.Integers("dilations"));
        return call.Text(2) == "MAX" ? Ops.MaxPool(x, size, strides, padding, call.Text("data_format"), default, dilations) : Ops.AveragePool(x, size, strides, padding, call.Text("data_format"), default, dilations);
    }

    // Approximations may be exact.
    static Tensor[] Greatest(GoldenCall call, float sign)
    {
        var (values, indices) = Ops.TopK(call.Tensor(0) * sign, (int)call.Number(1));
        return [values * sign, indices];
    }

    // The masks are Python's way of writing open ends, new axes and single positions; here those are written as what they are.
    static TensorIndex[] Masked(GoldenCall call)
    {
        var (begin, end) = (call.Integers(1, "begin"), call.Integers(2, "end"));
        var steps = call.Count > 3 || call.Has("strides") ? call.Integers(3, "strides") : [.. begin.Select(_ => 1)];
        bool Has(string mask, int i) => ((int)call.Number(mask + "_mask", 0) & (1 << i)) != 0;
        return [.. begin.Select((first, i) => Has("ellipsis", i) ? TensorIndex.Ellipsis : Has("new_axis", i) ? TensorIndex.NewAxis : Has("shrink_axis", i) ? first
            : TensorIndex.Slice(Has("begin", i) ? null : first, Has("end", i) ? null : end[i], steps[i]))];
    }

    static int[] Spatial(int[] given, int rank) => given.Length == rank + 2 ? given[1..^1] : given;

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var name = golden.Json.TryGetProperty("function", out var own) ? own.GetString()! : golden.Object.Name == "tf.Tensor.getitem" ? "tf.Tensor.__getitem__" : golden.Object.Name;
        var call = new GoldenCall(golden);
        var isSorting = name is "keras.ops.sort" or "tf.sort" or "keras.ops.argsort" or "tf.argsort" or "keras.ops.top_k";
        Func<GoldenCall, Tensor[]>? function = golden.Json.TryGetProperty("described", out _) && name == "tf.where" ? c => [Ops.Where(c.Tensor(0) > 0f, Ops.Sqrt(c.Tensor(0)), 0f)]
            : golden.Object.Name == "keras.ops.control" && golden.Json.TryGetProperty("described", out _) ? ControlFunctions.Find(golden)
            // Of a condition alone keras.ops.where is keras.ops.nonzero, which has a name of its own here.
            : name == "keras.ops.where" && call.Count == 1 ? c => Ops.NonZero(c.Tensor(0))
            : null;
        if (function is null && golden.Json.TryGetProperty("described", out _) && golden.Object.Name != "tf.Tensor.getitem")
        {
            check.Fail("call", $"it is told in words, which nothing here reads: {golden.Field("note")}");
            return;
        }

        if (function is null && !Functions.TryGetValue(name, out function)) function = OperationBinding.Find(name, golden, call);
        if (Deviations.Check(golden, check, name, call, function)) return;
        if (isSorting && golden.Field("error") is null && (HasNaN(call.Tensor(0)) || !call.Flag("sorted", otherwise: true)))
        {
            CheckOrder(call.Tensor(0), name, function(call), check);
            return;
        }

        if (golden.Field("error") is { } error)
        {
            if (error.TryGetProperty("optional", out _)) check.MayRefuse("call", () => function(call));
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

        if (golden.Field("hvp") is not { } hvp || Deviations.HasNoSecondDerivative(name)) return;
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
