namespace Tapestry.Compiler;

/// <summary>The call of a function with nothing but tensors, which allocates only what it returns.</summary>
internal static class FunctionCall
{
    /// <summary>Calls by the fast way when a trace fits, else by the general one.</summary>
    internal static TResult Apply<TResult>(TracedFunction function, string structure, ReadOnlySpan<Tensor> tensors, Func<Nest> pack)
    {
        if (function.Options.InputSignature is null && function.Call(structure, tensors, out var shape) is { } results)
        {
            return typeof(TResult) == typeof(Tensor) && results.Length == 1 && shape.Kind == NestKind.Leaf
                ? (TResult)(object)results[0]
                : NestConversion<TResult>.From(TracedFunction.Pack(shape, results));
        }

        return NestConversion<TResult>.From(function.Call(pack()));
    }
}
