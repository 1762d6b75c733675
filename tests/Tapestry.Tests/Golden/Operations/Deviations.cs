using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>
/// Cases in which the originals differ from each other, or from what they mean: what is checked in their place. <see cref="Ops"/> follows <c>keras.ops</c> where
/// TensorFlow's own function differs.
/// </summary>
static class Deviations
{
    // What TensorFlow refuses and keras.ops takes: the function and the beginning of the reason.
    static readonly (string Function, string About)[] Accepted =
    [
        ("tf.where", "dtypes differ"), ("tf.concat", "dtypes differ"), ("tf.linalg.matmul", "dtypes differ"), ("tf.linalg.matmul", "rank below 2"), ("tf.tile", "multiples length differs"),
        ("tf.math.floormod", "integer division by zero"), ("tf.math.floordiv", "integer division by zero"), ("tf.math.pow", "negative integer exponent"), ("tf.Tensor.__getitem__", "integer-array indexing"),
    ];

    /// <summary>
    /// Whether the second derivative of the original is that of a formula that holds its mean for constant (<c>tf.nn.moments</c> stops the gradient there), which is no derivative;
    /// ours is one, and the contracts compare it with differences.
    /// </summary>
    internal static bool HasNoSecondDerivative(string function) => function is "keras.ops.layer_normalization";

    /// <summary>Checks a case by the rule that holds here, if there is one.</summary>
    internal static bool Check(GoldenCase golden, GoldenCheck check, string function, GoldenCall call, Func<GoldenCall, Tensor[]> run)
    {
        if (golden.Field("error") is { } error)
        {
            var about = error.GetProperty("about").GetString()!;
            if (!Accepted.Any(rule => rule.Function == function && about.StartsWith(rule.About, StringComparison.Ordinal))) return false;
            check.True("call", run(call).Length > 0, "gives nothing");
            return true;
        }

        var outputs = golden.List("outputs").ToArray();
        switch (function)
        {
            case "tf.math.reduce_sum" or "tf.math.reduce_prod" or "tf.math.reduce_mean" when call.Tensor(0).DType is { IsInteger: true } dtype && (dtype.Size < 4 || function.EndsWith("mean", StringComparison.Ordinal)):
                Integers(check, function, outputs[0], golden, run(call)[0], dtype);
                return true;
            case "tf.math.reduce_max" or "tf.math.reduce_min" when call.Tensor(0).Size == 0 && golden.Tensor(outputs[0]).Size > 0:
                check.Refuses("the extreme of nothing", () => run(call));
                return true;
            case "tf.math.argmax" or "tf.math.argmin" when golden.Tensor(outputs[0]).DType == DType.Int64 && !call.Has("output_type"):
                // Positions are int32 unless something else is asked for, and those among all elements unless an axis is given.
                var axis = (int)call.Number("axis", 0);
                var places = function.EndsWith("max", StringComparison.Ordinal) ? Ops.ArgMax(call.Tensor(0), axis) : Ops.ArgMin(call.Tensor(0), axis);
                check.Equal("dtype", DType.Int32, places.DType);
                check.Close("positions", golden.Tensor(outputs[0]), Ops.Cast(places, DType.Int64), 0, 0);
                return true;
            case "keras.ops.einsum" or "tf.einsum" when call.Text(0) is { Length: 2 } letters && letters[0] > letters[1]:
                // Without an arrow the result has its letters in alphabetical order; the original renames them first.
                check.Close("output", Ops.Transpose(golden.Tensor(outputs[0])), run(call)[0], outputs[0].GetProperty("atol").GetDouble(), outputs[0].GetProperty("rtol").GetDouble());
                return true;
            case "keras.ops.conv" when call.Tensor(0).Shape[0] == 0:
                EmptyBatch(check, call, run);
                return true;
            case "keras.ops.celu" or "keras.ops.sparse_plus" or "keras.ops.hard_silu" when Ops.Any(Ops.IsInf(call.Tensor(0))).Item<bool>():
                AtInfinity(golden, check, call, run);
                return true;
            default:
                return false;
        }
    }

    // Sums and products widen small integers, means are floating point; the original stays in the dtype and drops what does not fit.
    static void Integers(GoldenCheck check, string function, JsonElement expected, GoldenCase golden, Tensor actual, DType dtype)
    {
        check.Equal("dtype", function.EndsWith("mean", StringComparison.Ordinal) ? DType.DefaultFloat : dtype.IsUnsigned ? DType.UInt32 : DType.Int32, actual.DType);
        check.Close("values", golden.Tensor(expected), Ops.Cast(actual, dtype), 0, 0);
    }

    // The original gives an empty batch the shape of its input.
    static void EmptyBatch(GoldenCheck check, GoldenCall call, Func<GoldenCall, Tensor[]> run)
    {
        var (x, kernel) = (call.Tensor(0), call.Tensor(1));
        using var tape = new GradientTape();
        tape.Watch(kernel);
        var y = run(call)[0];
        check.Equal("images", 0, y.Shape[0]);
        check.Equal("channels", kernel.Shape[^1], y.Shape[^1]);
        check.True("size", Enumerable.Range(1, x.Rank - 2).All(axis => y.Shape[axis] <= x.Shape[axis]), $"{y.Shape} from {x.Shape}");
        check.Close("gradient of the kernel", Ops.ZerosLike(kernel), tape.Gradient(y, kernel)!, 0, 0);
    }

    // At infinities and NaN the original's gradient is that of its own formula (0 or NaN); ours is the limit, and nothing is said of NaN.
    static void AtInfinity(GoldenCase golden, GoldenCheck check, GoldenCall call, Func<GoldenCall, Tensor[]> run)
    {
        var x = call.Tensor(0);
        using var tape = new GradientTape();
        tape.Watch(x);
        var y = run(call)[0];
        check.Matches("output", golden.List("outputs").First(), y);
        var gradients = golden.Field("gradients")!.Value;
        var (upstream, expected) = (golden.Tensor(gradients.GetProperty("upstream")[0]), gradients.GetProperty("inputs")[0]);
        var limits = Ops.Where(x > 0f, upstream, 0f);
        Tensor Known(Tensor gradient) => Ops.Where(Ops.IsNaN(x), 0f, gradient);
        check.Close("gradient", Known(Ops.Where(Ops.IsInf(x), limits, golden.Tensor(expected.GetProperty("value")))), Known(tape.Gradient(y, x, upstream)!), expected.GetProperty("atol").GetDouble(), expected.GetProperty("rtol").GetDouble());
    }
}
