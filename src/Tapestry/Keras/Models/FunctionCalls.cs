namespace Tapestry.Keras;

/// <summary>Functions that stand in the configuration of a functional model in the place of layers: <c>x != 0</c> is <c>NotEqual</c> of the module <c>keras.src.ops.numpy</c>.</summary>
static class FunctionCalls
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> OfOne = new(StringComparer.Ordinal)
    {
        ["Abs"] = Ops.Abs, ["Absolute"] = Ops.Abs, ["Cos"] = Ops.Cos, ["Exp"] = Ops.Exp, ["Log"] = Ops.Log, ["Negative"] = Ops.Negative, ["Relu"] = Ops.Relu, ["Sigmoid"] = Ops.Sigmoid, ["Silu"] = x => Ops.Silu(x),
        ["Sin"] = Ops.Sin, ["Softplus"] = Ops.Softplus, ["Sqrt"] = Ops.Sqrt, ["Square"] = Ops.Square, ["Tanh"] = Ops.Tanh,
    };

    static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> OfTwo = new(StringComparer.Ordinal)
    {
        ["Add"] = Ops.Add, ["Subtract"] = Ops.Subtract, ["Multiply"] = Ops.Multiply, ["Divide"] = Ops.Divide, ["TrueDivide"] = Ops.Divide, ["Power"] = Ops.Pow, ["Maximum"] = Ops.Maximum, ["Minimum"] = Ops.Minimum,
        ["Equal"] = Ops.Equal, ["NotEqual"] = Ops.NotEqual, ["Greater"] = Ops.Greater, ["GreaterEqual"] = Ops.GreaterEqual, ["Less"] = Ops.Less, ["LessEqual"] = Ops.LessEqual,
        ["LogicalAnd"] = Ops.LogicalAnd, ["LogicalOr"] = Ops.LogicalOr, ["Matmul"] = (x, y) => Ops.MatMul(x, y),
    };

    /// <summary>Whether an entry of a configuration is a function and no layer.</summary>
    internal static bool IsFunction(IReadOnlyDictionary<string, object?> serialized) => serialized.GetValueOrDefault("module") is string module && module.StartsWith("keras.src.ops.", StringComparison.Ordinal);

    /// <summary>Whether there is a function of a name.</summary>
    internal static bool Knows(string name) => OfOne.ContainsKey(name) || OfTwo.ContainsKey(name);

    /// <summary>The result of a function for what its call in the configuration says.</summary>
    /// <param name="name">The function.</param>
    /// <param name="arguments">Tensors and numbers.</param>
    /// <exception cref="TapestryException">There is no such function, or it takes other arguments.</exception>
    internal static Tensor Call(string name, IReadOnlyList<object?> arguments)
    {
        if (!Knows(name)) throw new TapestryException("Layer.FromConfig", "no function of this name can be read", name, string.Join(", ", OfOne.Keys.Concat(OfTwo.Keys).Order(StringComparer.Ordinal)), "Put the call into a layer of your own.");
        if (arguments.Count == 1 && OfOne.TryGetValue(name, out var one)) return one(Operand(name, arguments[0]));
        if (arguments.Count == 2 && OfTwo.TryGetValue(name, out var two)) return two(Operand(name, arguments[0]), Operand(name, arguments[1]));
        throw new TapestryException("Layer.FromConfig", $"{name} takes another number of arguments", $"{arguments.Count}", OfOne.ContainsKey(name) ? "1" : "2");
    }

    static Tensor Operand(string name, object? value) => value switch
    {
        Tensor tensor => tensor,
        long number => (int)number,
        double number => number,
        bool truth => truth,
        _ => throw new TapestryException("Layer.FromConfig", $"{name} has an argument that is neither tensor nor number", $"{value ?? "null"}"),
    };
}
