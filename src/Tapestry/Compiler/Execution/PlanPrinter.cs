using System.Text;
using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>Prints a plan: its kernels in order with the loops of fused ones, and where their results lie.</summary>
static class PlanPrinter
{
    /// <summary>The plan as text.</summary>
    internal static string Print(Plan plan)
    {
        var text = new StringBuilder();
        text.Append($"== execution: {plan.Steps.Count} {(plan.Steps.Count == 1 ? "step" : "steps")} in order over one arena of {plan.ArenaBytes} bytes\n");
        if (plan.Steps.Any(step => step.Op is FusedOp)) text.Append($"  loops: {MapKernel.Form}\n");
        if (plan.Recomputed is { } recomputed)
        {
            text.Append($"  computed again instead of being kept: {recomputed.Values.Count} {(recomputed.Values.Count == 1 ? "value" : "values")}, an arena of {recomputed.BytesBefore} bytes less {recomputed.BytesBefore - plan.ArenaBytes}\n");
            foreach (var value in recomputed.Values) text.Append($"    {value}\n");
        }

        if (plan.Preparations is { } preparations)
        {
            text.Append($"  made of variables in advance while they keep their values: {preparations.Count} {(preparations.Count == 1 ? "value" : "values")} of {preparations.Bytes} bytes\n");
        }

        for (var i = 0; i < plan.Steps.Count; i++)
        {
            var step = plan.Steps[i];
            text.Append($"  {i}: {step.Op.Name} -> {string.Join(", ", step.Outputs.Select(Place))}\n");
            if (step.Op is FusedOp fused) text.Append($"    {fused.Explain()}\n");
            else if (step.Outputs.Length == 1 && FusionRule.WhyAlone(step.Op, step.Inputs, step.Outputs[0]) is { } reason) text.Append($"    a kernel of its own: {reason}\n");
        }

        return text.ToString();
    }

    // What is bound at each call has no memory while the plan only waits.
    static string Place(Tensor tensor) => tensor.HasMemory ? $"{tensor.Spec} in the arena at {tensor.Offset}" : $"{tensor.Spec} in a result or variable";
}
