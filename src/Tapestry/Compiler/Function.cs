using System.Runtime.CompilerServices;
using Tapestry.Compiler;

namespace Tapestry;

/// <summary>
/// A program that is traced once per kind of arguments, improved, and run without the interpretation of its source. Calls with the same
/// structure, dtypes and shapes (and equal numbers, texts and objects beside the tensors) share a trace. Variables are read and written
/// where they are; tensors from outside are fixed at the trace.
/// </summary>
/// <remarks>
/// Source: <c>tf.function</c>, whose rules decide when a call is traced again; <see cref="RetraceReport"/> says why it happened.
/// <code>
/// var square = Function.Of((Tensor x) => x * x);
/// Console.WriteLine(square.Apply(3f));   // tf.Tensor(9.0, shape=(), dtype=float32)
/// </code>
/// </remarks>
public abstract class Function
{
    private protected Function(Func<Nest, Nest> program, FunctionOptions? options, string? expression, int argumentCount)
    {
        Traced = new TracedFunction(program, options ?? new FunctionOptions(), ArgumentNames(expression, argumentCount));
    }

    /// <summary>When true, every function runs its program as it stands, at each call: for debugging. Source: <c>tf.config.run_functions_eagerly</c>.</summary>
    public static bool RunEagerly { get; set; }

    /// <summary>How often the program was traced so far.</summary>
    public int TraceCount => Traced.TraceCount;

    /// <summary>Why it was traced: one line a trace, naming the argument that changed, old → new.</summary>
    public IReadOnlyList<string> RetraceReport => Traced.Report;

    private protected TracedFunction Traced { get; }

    /// <summary>A function without arguments.</summary>
    /// <typeparam name="TResult">A tensor, or a list, tuple or dictionary of tensors.</typeparam>
    public static Function<TResult> Of<TResult>(Func<TResult> program, FunctionOptions? options = null) => new(program, options);

    /// <summary>A function of one argument.</summary>
    /// <typeparam name="T">A tensor, a list, tuple or dictionary of tensors, or any value that is part of the trace's key.</typeparam>
    /// <typeparam name="TResult">A tensor, or a list, tuple or dictionary of tensors.</typeparam>
    public static Function<T, TResult> Of<T, TResult>(Func<T, TResult> program, FunctionOptions? options = null, [CallerArgumentExpression(nameof(program))] string? expression = null) => new(program, options, expression);

    /// <summary>A function of two arguments.</summary>
    /// <typeparam name="T1">See <see cref="Of{T, TResult}"/>.</typeparam>
    /// <typeparam name="T2">See <see cref="Of{T, TResult}"/>.</typeparam>
    /// <typeparam name="TResult">A tensor, or a list, tuple or dictionary of tensors.</typeparam>
    public static Function<T1, T2, TResult> Of<T1, T2, TResult>(Func<T1, T2, TResult> program, FunctionOptions? options = null, [CallerArgumentExpression(nameof(program))] string? expression = null) => new(program, options, expression);

    /// <summary>A function of three arguments.</summary>
    /// <typeparam name="T1">See <see cref="Of{T, TResult}"/>.</typeparam>
    /// <typeparam name="T2">See <see cref="Of{T, TResult}"/>.</typeparam>
    /// <typeparam name="T3">See <see cref="Of{T, TResult}"/>.</typeparam>
    /// <typeparam name="TResult">A tensor, or a list, tuple or dictionary of tensors.</typeparam>
    public static Function<T1, T2, T3, TResult> Of<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> program, FunctionOptions? options = null, [CallerArgumentExpression(nameof(program))] string? expression = null) => new(program, options, expression);

    // "(x, target) => …" and "(Tensor x, Tensor target) => …" name their arguments.
    static string[] ArgumentNames(string? expression, int count)
    {
        var arrow = expression?.IndexOf("=>", StringComparison.Ordinal) ?? -1;
        var names = arrow < 0 ? [] : expression![..arrow].Replace("static", "", StringComparison.Ordinal).Trim().Trim('(', ')').Split(',').Select(part => part.Trim().Split(' ')[^1]).ToArray();
        return names.Length == count ? names : [.. Enumerable.Range(0, count).Select(i => $"arg{i}")];
    }
}

/// <summary>A compiled function without arguments; see <see cref="Function"/>.</summary>
/// <typeparam name="TResult">A tensor, or a list, tuple or dictionary of tensors.</typeparam>
public sealed class Function<TResult> : Function
{
    internal Function(Func<TResult> program, FunctionOptions? options)
        : base(_ => Nest.Of(program()), options, null, 0)
    {
    }

    /// <summary>Calls the function.</summary>
    public TResult Apply() => FunctionCall.TryApply<TResult>(Traced, [], out var result)
        ? result
        : NestConversion<TResult>.From(Traced.Call(Nest.Tuple([])));

    /// <summary>The graph before and after each pass, and how it is run.</summary>
    public string Describe() => Traced.Describe(Nest.Tuple([]));
}

/// <summary>A compiled function of one argument; see <see cref="Function"/>.</summary>
/// <typeparam name="T">The argument.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class Function<T, TResult> : Function
{
    internal Function(Func<T, TResult> program, FunctionOptions? options, string? expression)
        : base(arguments => Nest.Of(program(NestConversion<T>.From(arguments[0]))), options, expression, 1)
    {
    }

    /// <summary>Calls the function.</summary>
    public TResult Apply(T x) => typeof(T) == typeof(Tensor)
        && FunctionCall.TryApply<TResult>(Traced, [(Tensor)(object)x!], out var result)
        ? result
        : NestConversion<TResult>.From(Traced.Call(Pack(x)));

    /// <summary>The graph before and after each pass, and how it is run for an argument like this.</summary>
    public string Describe(T x) => Traced.Describe(Pack(x));

    static Nest Pack(T x) => Nest.Tuple([Nest.Of(x)]);
}

/// <summary>A compiled function of two arguments; see <see cref="Function"/>.</summary>
/// <typeparam name="T1">The first argument.</typeparam>
/// <typeparam name="T2">The second argument.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class Function<T1, T2, TResult> : Function
{
    internal Function(Func<T1, T2, TResult> program, FunctionOptions? options, string? expression)
        : base(arguments => Nest.Of(program(NestConversion<T1>.From(arguments[0]), NestConversion<T2>.From(arguments[1]))), options, expression, 2)
    {
    }

    /// <summary>Calls the function.</summary>
    public TResult Apply(T1 x, T2 y) => typeof(T1) == typeof(Tensor) && typeof(T2) == typeof(Tensor)
        && FunctionCall.TryApply<TResult>(Traced, [(Tensor)(object)x!, (Tensor)(object)y!], out var result)
        ? result
        : NestConversion<TResult>.From(Traced.Call(Pack(x, y)));

    /// <summary>The graph before and after each pass, and how it is run for arguments like these.</summary>
    public string Describe(T1 x, T2 y) => Traced.Describe(Pack(x, y));

    static Nest Pack(T1 x, T2 y) => Nest.Tuple([Nest.Of(x), Nest.Of(y)]);
}

/// <summary>A compiled function of three arguments; see <see cref="Function"/>.</summary>
/// <typeparam name="T1">The first argument.</typeparam>
/// <typeparam name="T2">The second argument.</typeparam>
/// <typeparam name="T3">The third argument.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class Function<T1, T2, T3, TResult> : Function
{
    internal Function(Func<T1, T2, T3, TResult> program, FunctionOptions? options, string? expression)
        : base(arguments => Nest.Of(program(NestConversion<T1>.From(arguments[0]), NestConversion<T2>.From(arguments[1]), NestConversion<T3>.From(arguments[2]))), options, expression, 3)
    {
    }

    /// <summary>Calls the function.</summary>
    public TResult Apply(T1 x, T2 y, T3 z) => typeof(T1) == typeof(Tensor) && typeof(T2) == typeof(Tensor) && typeof(T3) == typeof(Tensor)
        && FunctionCall.TryApply<TResult>(Traced, [(Tensor)(object)x!, (Tensor)(object)y!, (Tensor)(object)z!], out var result)
        ? result
        : NestConversion<TResult>.From(Traced.Call(Pack(x, y, z)));

    /// <summary>The graph before and after each pass, and how it is run for arguments like these.</summary>
    public string Describe(T1 x, T2 y, T3 z) => Traced.Describe(Pack(x, y, z));

    static Nest Pack(T1 x, T2 y, T3 z) => Nest.Tuple([Nest.Of(x), Nest.Of(y), Nest.Of(z)]);
}
