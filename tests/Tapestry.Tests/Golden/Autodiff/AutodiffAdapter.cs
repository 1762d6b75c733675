namespace Tapestry.Tests.Golden.Autodiff;

/// <summary>The described programs on tapes, custom gradients, forward mode, functions and control flow, rewritten in C#.</summary>
sealed class AutodiffAdapter : IGoldenAdapter
{
    static readonly Dictionary<string, IReadOnlyDictionary<string, Action<AutodiffProgram>>> Objects = new()
    {
        ["autodiff.custom"] = CustomPrograms.All,
        ["autodiff.forward"] = ForwardPrograms.All,
        ["autodiff.function_gradients"] = FunctionPrograms.All,
        ["autodiff.control_flow"] = ControlFlowPrograms.All,
        ["autodiff.tape"] = TapePrograms.All,
        ["autodiff.jacobian"] = JacobianPrograms.All,
        ["autodiff.tape_variables"] = TapeVariablePrograms.All,
        ["autodiff.variable"] = VariablePrograms.All,
        ["autodiff.function_tracing"] = TracingPrograms.All,
    };

    public string Group => "autodiff";

    public bool Implements(GoldenObject golden) => Objects.ContainsKey(golden.Name);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var program = new AutodiffProgram(golden, check);
        Objects[golden.Object.Name][golden.Name](program);
        program.RequireAll();
    }

    /// <summary>The value and the gradients of a program.</summary>
    internal static (Tensor Value, Tensor?[] Gradients) Derive(Func<Tensor> program, params IReadOnlyList<object> sources)
    {
        using var tape = new GradientTape();
        foreach (var source in sources.OfType<Tensor>()) tape.Watch(source);
        var value = program();
        return (value, tape.Gradients([value], sources, null, UnconnectedGradients.None));
    }

    /// <summary>The second derivative of a function, both times of the sum.</summary>
    internal static (Tensor First, Tensor? Second) Twice(Func<Tensor, Tensor> function, Tensor x)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        Tensor first;
        using (var inner = new GradientTape())
        {
            inner.Watch(x);
            first = inner.Gradient(function(x), x)!;
        }

        return (first, outer.Gradient(first, x));
    }
}
