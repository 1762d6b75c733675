namespace Tapestry.Compiler;

/// <summary>Stands for a value while a plan is made: its shape is known, its value perhaps.</summary>
sealed class PlanSymbol(Op? op, Tensor[] inputs, int index, TensorSpec spec, Tensor? constant) : Symbol
{
    Tensor? known = constant;
    bool isSettled = constant is not null || op is null;

    internal override object Owner => this;

    internal override string Label => "planned value";

    internal override Tensor? KnownValue
    {
        get
        {
            if (isSettled) return known;
            isSettled = true;
            return known = KnownValues.Evaluate(op!, inputs, index, spec);
        }
    }
}
