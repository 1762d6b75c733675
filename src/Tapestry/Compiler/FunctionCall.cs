namespace Tapestry.Compiler;

/// <summary>The call of a function with nothing but tensors, which allocates only what it returns.</summary>
static class FunctionCall
{
    /// <summary>Calls by the fast way, if there is a trace that fits and takes nothing but tensors.</summary>
    internal static bool TryApply<TResult>(TracedFunction function, ReadOnlySpan<Tensor> tensors, out TResult result)
    {
        if (function.Options.InputSignature is not null || function.Call(tensors, out var shape, out var reused) is not { } results)
        {
            result = default!;
            return false;
        }

        result = typeof(TResult) == typeof(Tensor) && results.Length == 1 && shape.Kind == NestKind.Leaf
            ? (TResult)(object)results[0]
            : reused is not null ? reused.In<TResult>(shape)
            : NestConversion<TResult>.From(TracedFunction.Pack(shape, results));
        return true;
    }
}
