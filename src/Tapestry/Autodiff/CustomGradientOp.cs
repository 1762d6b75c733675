namespace Tapestry;

/// <summary>
/// Marks the results of a function with a gradient of its own. The inputs are its arguments, readings of its variables, and its raw
/// results; the outputs are those results.
/// </summary>
sealed record CustomGradientOp(CustomGradientOp.Program Function, int ArgumentCount, ValueList<Variable> Variables, int ResultCount, bool TakesVariables, bool IsHidden, Func<Tensor[], IReadOnlyList<Variable>, Tensor?[]> Rule) : Op
{
    /// <summary>Gives the values and their gradient rule.</summary>
    internal delegate (Tensor[] Values, Func<Tensor[], IReadOnlyList<Variable>, Tensor?[]> Rule) Program(Tensor[] arguments);

    public override string Name => "CustomGradient";

    public override int OutputCount => ResultCount;

    int FirstResult => ArgumentCount + Variables.Count;

    /// <summary>Calls a function with a gradient of its own.</summary>
    internal static Tensor[] Call(Program function, Tensor[] arguments, bool takesVariables, bool isHidden = false)
    {
        var inputs = arguments.Select(argument => Ops.Cast(argument, argument.DType)).ToArray();
        var readings = new VariableReadings();
        Tensor[] values;
        Func<Tensor[], IReadOnlyList<Variable>, Tensor?[]> rule;
        var scopes = Scopes.Current;
        // What the rule uses of the function has derivatives of its own, so tapes look on; gradients reach the arguments by the rule alone.
        if (isHidden)
        {
            using var hidden = scopes.Unobserved();
            scopes.Add(readings);
            (values, rule) = function(inputs);
        }
        else
        {
            scopes.Add(readings);
            try
            {
                (values, rule) = function(inputs);
            }
            finally
            {
                scopes.Remove(readings);
            }
        }

        if (readings.Variables.Count > 0 && !takesVariables)
        {
            throw new TapestryException("CustomGradient", "the function reads variables, but its gradient does not take them", string.Join(", ", readings.Variables.Select(variable => variable.Name)), remedy: "Use CustomGradient.OfVariables.");
        }

        var op = new CustomGradientOp(function, inputs.Length, readings.Variables.ToArray(), values.Length, takesVariables, isHidden, rule);
        return op.ApplyAll([.. inputs, .. readings.Variables.Select(variable => variable.Value), .. values.Select(value => Ops.Cast(value, value.DType))]);
    }

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < ResultCount; i++) context.Return(i, context.Shape(FirstResult + i), context.DType(FirstResult + i));
    }

    public override bool ReadsValue(int input) => input >= FirstResult;

    public override bool SavesInput(int input) => false;

    public override bool SavesOutput(int output) => false;

    public override void Run(in KernelContext context)
    {
        for (var i = 0; i < ResultCount; i++) context.InputTensor(FirstResult + i).CopyTo(context.OutputTensor(i));
    }

    // Another trace calls the function anew, so that its rule speaks of tensors of that trace.
    internal override void Replay(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) =>
        Call(Function, inputs[..ArgumentCount].ToArray(), TakesVariables, IsHidden).CopyTo(outputs);

    public override void Gradient(GradientContext context)
    {
        var upstream = Enumerable.Range(0, ResultCount).Select(context.Upstream).ToArray();
        var gradients = Rule(upstream, Variables);
        if (gradients.Length != FirstResult) throw new TapestryException(Name, "the gradient function gives a wrong number of gradients", gradients.Length.ToString(), $"{ArgumentCount} for the arguments and {Variables.Count} for the variables");
        for (var i = 0; i < gradients.Length; i++)
        {
            if (context.Needs(i) && gradients[i] is { } gradient) context.Return(i, Ops.Cast(gradient, context.Input(i).DType));
        }
    }

    /// <summary>Notes which variables a function reads.</summary>
    sealed class VariableReadings : IOpObserver
    {
        internal List<Variable> Variables { get; } = [];

        public void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
        }

        public void Read(Variable variable, Tensor value)
        {
            if (!Variables.Contains(variable)) Variables.Add(variable);
        }
    }
}
