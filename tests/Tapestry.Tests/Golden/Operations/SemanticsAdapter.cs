using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>
/// Special values, integers that wrap around, casts, broadcasting, reductions of nothing: cases and tables over many functions. What they say of functions that
/// are not there yet counts once they are.
/// </summary>
sealed class SemanticsAdapter : IGoldenAdapter
{
    static readonly Dictionary<string, Action<GoldenCase, GoldenCheck>> Objects = new()
    {
        ["semantics.special_unary"] = Special,
        ["semantics.special_binary"] = Special,
        ["semantics.int_arithmetic"] = Integers,
        ["semantics.order"] = Order,
        ["semantics.cast"] = Cast,
        ["semantics.half_bits"] = HalfBits,
        ["semantics.broadcast"] = Broadcast,
        ["semantics.empty_reductions"] = EmptyReductions,
    };

    public string Group => "ops";

    public bool Implements(GoldenObject golden) => Objects.ContainsKey(golden.Name);

    public void Run(GoldenCase golden, GoldenCheck check) => Objects[golden.Object.Name](golden, check);

    static Tensor[] Arguments(GoldenCase golden) => [.. golden.List("args").Select(golden.Tensor)];

    // The results of a case by the name of the function.
    static IEnumerable<(string Name, JsonElement Expected)> Results(GoldenCase golden)
    {
        var outputs = golden.List("outputs").ToArray();
        return golden.Field("result") is { ValueKind: JsonValueKind.Object } results
            ? results.EnumerateObject().Select(entry => (entry.Name, outputs[entry.Value.GetProperty("output").GetInt32()]))
            : outputs.Select(output => (golden.Json.GetProperty("function").GetString()!, output));
    }

    static void Special(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("note")?.GetString() is { } note && note.Contains("derivative", StringComparison.Ordinal))
        {
            Derivatives(golden, check, note[(note.IndexOf("in order: ", StringComparison.Ordinal) + "in order: ".Length)..].Split(", "));
            return;
        }

        var module = golden.Object.Name == "semantics.special_binary" && golden.Field("note") is not null ? "tf.math." : "keras.ops.";
        var known = false;
        foreach (var (name, expected) in Results(golden))
        {
            var function = name.Contains('.', StringComparison.Ordinal) ? name : module + name;
            if (OperationBinding.Call(golden, function, Arguments(golden)) is not { } results) continue;
            known = true;
            if (name == "hypot") Hypotenuses(golden, check, expected, results[0]);
            else check.Matches(name, expected, results[0]);
        }

        if (!known) check.Missing(string.Join(", ", Results(golden).Select(result => result.Name)));
    }

    // The original's formula divides infinity by infinity; an infinite side is longer than anything, NaN included, as in C and NumPy.
    static void Hypotenuses(GoldenCase golden, GoldenCheck check, JsonElement expected, Tensor actual)
    {
        var sides = Arguments(golden);
        var isInfinite = Ops.LogicalOr(Ops.IsInf(sides[0]), Ops.IsInf(sides[1]));
        check.Close("hypot", Ops.Where(isInfinite, float.PositiveInfinity, golden.Tensor(expected)), actual, expected.GetProperty("atol").GetDouble(), expected.GetProperty("rtol").GetDouble());
    }

    static void Derivatives(GoldenCase golden, GoldenCheck check, string[] functions)
    {
        var outputs = golden.List("outputs").ToArray();
        for (var i = 0; i < functions.Length; i++)
        {
            var x = Arguments(golden)[0];
            using var tape = new GradientTape();
            tape.Watch(x);
            if (OperationBinding.Call(golden, "keras.ops." + functions[i], [x]) is { } results) check.Matches($"derivative of {functions[i]}", outputs[i], tape.Gradient(results[0], x, Ops.OnesLike(x), UnconnectedGradients.Zero));
        }
    }

    // TensorFlow stays in the dtype of its integers, where sums, products and quotients of keras.ops have a wider one; no bit of what fits may differ.
    static void Integers(GoldenCase golden, GoldenCheck check)
    {
        var arguments = Arguments(golden);
        if (golden.Field("error") is not null)
        {
            // TensorFlow refuses to divide integers by 0; here that is 0.
            var divide = golden.Json.GetProperty("function").GetString()!;
            if (OperationBinding.Call(golden, divide, arguments) is not { } quotients) check.Missing(divide);
            else check.Close(divide, Ops.ZerosLike(quotients[0]), quotients[0], 0, 0);
            return;
        }

        var known = false;
        foreach (var (name, expected) in Results(golden))
        {
            if (name == "reduce_mean") continue;
            var isUnary = name is "abs" or "negative" or "sign" or "square" or "cumsum" or "reduce_sum" or "reduce_prod";
            var function = name switch { "truediv" => "keras.ops.true_divide", "left" => "tf.bitwise.left_shift", "right" => "tf.bitwise.right_shift", _ => "tf.math." + name };
            if (OperationBinding.Call(golden, function, isUnary ? [arguments[0]] : arguments) is not { } results) continue;
            known = true;
            var wanted = golden.Tensor(expected);
            // To keras.ops uint64 is uint32 wherever it promotes dtypes.
            if (arguments[0].DType == DType.UInt64 && !isUnary) check.True(name, results[0].DType.Size <= 4, $"gives {results[0].DType}");
            else check.Close(name, wanted, Ops.Cast(results[0], wanted.DType), 1e-6, 1e-6);
        }

        if (!known) check.Missing(golden.Name.Contains("shift", StringComparison.Ordinal) ? "tf.bitwise.left_shift, tf.bitwise.right_shift" : golden.Name);
    }

    static void Order(GoldenCase golden, GoldenCheck check)
    {
        foreach (var (name, expected) in Results(golden))
        {
            var x = Arguments(golden)[0];
            var sorts = name.Contains("sort", StringComparison.Ordinal) || name.Contains("top_k", StringComparison.Ordinal);
            // Among NaN the original's order is arbitrary; which of two zeros is an extreme or a ReLU depends on the length of its input; "round" and "mul" do not say of what.
            if ((sorts && golden.Name.Contains("nan", StringComparison.Ordinal)) || name is "round" or "mul" or "relu" or "tf.reduce_max" or "tf.reduce_min" or "tf.maximum(x,-x)" or "tf.minimum(x,-x)") continue;
            var function = name switch { "sum" or "mean" or "prod" or "abs" or "add" => "keras.ops." + name, _ => name.Replace("keras.", "keras.ops.", StringComparison.Ordinal) };
            object?[] arguments = name switch { "add" => [x, x], "tf.equal" => [x, -x], _ => [x] };
            if (OperationBinding.Call(golden, function, arguments) is not { } results) continue;
            var wanted = golden.Tensor(expected);
            if (wanted.DType == DType.Int64) check.Close(name, wanted, Ops.Cast(results[0], DType.Int64), 0, 0);
            else check.Matches(name, expected, results[0]);
        }
    }

    // What does not fit the dtype (NaN and infinities in integers too) is what a processor makes of it.
    static void Cast(GoldenCase golden, GoldenCheck check)
    {
        var x = Arguments(golden)[0];
        foreach (var (name, expected) in Results(golden))
        {
            DType dtype = name;
            var cast = Ops.Cast(x, dtype);
            if (!x.DType.IsFloating || !dtype.IsInteger)
            {
                Normal(golden, check, name, expected, x, cast);
                continue;
            }

            var (wanted, actual, values) = (GoldenStorage.Integers(golden.Tensor(expected)), GoldenStorage.Integers(cast), GoldenStorage.Numbers(x));
            var (low, high) = (dtype.IsUnsigned ? 0 : -Math.Pow(2, (8 * dtype.Size) - 1), Math.Pow(2, (8 * dtype.Size) - (dtype.IsUnsigned ? 0 : 1)));
            for (var i = 0; i < wanted.Length; i++)
            {
                if (Math.Truncate(values[i].Real) is var whole && whole >= low && whole < high) check.Equal($"{values[i].Real} as {name}", wanted[i], actual[i]);
            }
        }
    }

    // TensorFlow's threads take subnormal numbers for 0; here they are kept.
    static void Normal(GoldenCase golden, GoldenCheck check, string name, JsonElement expected, Tensor x, Tensor cast)
    {
        if (!x.DType.IsFloating && !x.DType.IsComplex)
        {
            check.Matches(name, expected, cast);
            return;
        }

        Tensor magnitudes = Array.ConvertAll(GoldenStorage.Numbers(x), value => value.Magnitude);
        var isSubnormal = Ops.Reshape(Ops.LogicalAnd(magnitudes > 0.0, magnitudes < (double)1.17549435e-38f), x.Shape);
        var wanted = golden.Tensor(expected);
        check.Equal($"{name}: dtype", expected.GetProperty("dtype").GetString()!, cast.DType.Name);
        check.Close(name, Ops.Where(isSubnormal, Ops.ZerosLike(cast), Ops.Cast(wanted, cast.DType)), Ops.Where(isSubnormal, Ops.ZerosLike(cast), cast), 0, 0, GoldenMode.Bits);
    }

    static void HalfBits(GoldenCase golden, GoldenCheck check)
    {
        var x = Arguments(golden)[0];
        foreach (var (name, expected) in Results(golden))
        {
            var bits = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(Ops.Cast(x, name).Bytes).ToArray();
            check.Close($"bits as {name}", golden.Tensor(expected), bits, 0, 0);
        }
    }

    static void Broadcast(GoldenCase golden, GoldenCheck check)
    {
        foreach (var row in golden.Object.Document.GetProperty("table").EnumerateArray())
        {
            Shape Of(int i) => row[i].EnumerateArray().Select(dimension => dimension.GetInt32()).ToArray();
            var what = $"{Of(0)} + {Of(1)}";
            if (row[2].ValueKind == JsonValueKind.Null) check.Refuses(what, () => _ = Ops.Ones(Of(0)) + Ops.Ones(Of(1)));
            else check.Equal(what, Of(2), (Ops.Ones(Of(0)) + Ops.Ones(Of(1))).Shape);
        }
    }

    static void EmptyReductions(GoldenCase golden, GoldenCheck check)
    {
        foreach (var row in golden.Object.Document.GetProperty("table").EnumerateArray())
        {
            var function = row.GetProperty("function").GetString()!;
            // TensorFlow's own dtypes and its extremes of nothing differ from those of keras.ops, which stand in the table too.
            if (!function.StartsWith("keras.ops.", StringComparison.Ordinal) || !OperationBinding.Knows(function)) continue;
            var x = Ops.Zeros([.. row.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32())], row.GetProperty("dtype").GetString()!);
            object? axis = row.GetProperty("axis").ValueKind == JsonValueKind.Null ? null : row.GetProperty("axis").GetInt32();
            Tensor Call() => OperationBinding.Call(golden, function, [x], new Dictionary<string, object?> { ["axis"] = axis })![0];
            var what = $"{function} of {x.Spec} along {axis ?? "all"}";
            if (row.TryGetProperty("error", out _))
            {
                // Where nothing is asked for, the extreme of nothing is nobody's.
                var isEmpty = axis is int along && x.Shape.Where((_, i) => i != along).Contains(0);
                if (isEmpty) check.MayRefuse(what, () => Call());
                else check.Refuses(what, () => Call());
                continue;
            }

            var result = Call();
            check.Equal($"{what}: dtype", row.GetProperty("result_dtype").GetString()!, result.DType.Name);
            Tensor wanted = row.GetProperty("values").EnumerateArray().Select(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() ? 1 : 0 : GoldenStorage.Number(value)).ToArray();
            check.Close(what, Ops.Reshape(wanted, [.. row.GetProperty("result_shape").EnumerateArray().Select(dimension => dimension.GetInt32())]), Ops.Cast(result, DType.Float64), 0, 0);
        }
    }
}
