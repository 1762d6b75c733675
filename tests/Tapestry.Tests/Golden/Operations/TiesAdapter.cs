namespace Tapestry.Tests.Golden.Operations;

/// <summary>Gradients where operands are equal, a bound is met or a derivative is infinite, for an upstream of 1.</summary>
sealed class TiesAdapter : IGoldenAdapter
{
    // Calls that are written out; a name alone is called with all inputs.
    static readonly Dictionary<string, Func<Tensor, Tensor>> Written = new()
    {
        ["tf.reduce_max(axis=1)"] = x => Ops.Max(x, 1),
        ["tf.reduce_min(axis=1)"] = x => Ops.Min(x, 1),
        ["keras.ops.max(axis=1)"] = x => Ops.Max(x, 1),
        ["tf.clip_by_value(1,3)"] = x => Ops.ClipByValue(x, 1.0, 3.0),
        ["keras.ops.clip(1,3)"] = x => Ops.ClipByValue(x, 1.0, 3.0),
        ["keras.ops.sort(axis=1)"] = x => Ops.Sort(x, 1),
        ["tf.reduce_prod with zero"] = x => Ops.Prod(x - 3.0, 1),
        ["tf.cumprod zero"] = x => Ops.Cumprod(x - 3.0, 1),
        ["tf.abs(x-3)"] = x => Ops.Abs(x - 3.0),
        ["keras.ops.round(x)"] = Ops.Round,
        ["tf.sign(x)"] = Ops.Sign,
        ["tf.floor(x)"] = Ops.Floor,
        ["tf.math.top_k(k=2).values"] = x => Ops.TopK(x, 2).Values,
        ["tf.math.reduce_std(x*0, axis=1)"] = x => Ops.Std(x * 0.0, 1),
        ["keras.ops.std(x*0, axis=1)"] = x => Ops.Std(x * 0.0, 1),
    };

    public string Group => "ops";

    public bool Implements(GoldenObject golden) => golden.Name == "semantics.ties";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var function = golden.Json.GetProperty("function").GetString()!;
        Tensor[] inputs = [.. golden.List("args").Select(golden.Tensor)];
        using var tape = new GradientTape();
        foreach (var input in inputs) tape.Watch(input);
        Tensor? result;
        if (Written.TryGetValue(function, out var written)) result = written(inputs[0]);
        else result = OperationBinding.Call(golden, function, inputs)?[0];
        if (result is null) check.Missing(function);
        var gradients = tape.Gradients([result!], inputs, null, UnconnectedGradients.Zero);
        var outputs = golden.List("outputs").ToArray();
        // Where both sides are equal the original's gradient of a hypotenuse is that of its formula; ours is the derivative.
        if (function == "keras.ops.hypot")
        {
            for (var i = 0; i < inputs.Length; i++) check.Close($"gradient {i}", Ops.DivideNoNan(inputs[i], Ops.Sqrt(Ops.Square(inputs[0]) + Ops.Square(inputs[1]))), gradients[i]!, 1e-6, 1e-6);
            return;
        }

        for (var i = 0; i < inputs.Length; i++) check.Matches($"gradient {i}", outputs[i], gradients[i]);
    }
}
