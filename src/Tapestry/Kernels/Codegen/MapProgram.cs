using System.Text;

namespace Tapestry.Kernels.Codegen;

/// <summary>How an operand of a program lies along a row.</summary>
/// <param name="IsScalar">Whether one element serves the whole row.</param>
/// <param name="IsMask">Whether the elements are bytes of truth instead of lanes.</param>
readonly record struct OperandForm(bool IsScalar, bool IsMask);

/// <summary>A result of a program.</summary>
/// <param name="Value">The instruction whose value it is.</param>
/// <param name="IsMask">Whether it is stored as bytes of truth.</param>
readonly record struct ProgramOutput(int Value, bool IsMask);

/// <summary>A recorded elementwise program: what every vector of a row goes through. Programs with the same text are the same.</summary>
sealed class MapProgram
{
    internal MapProgram(LaneType type, IReadOnlyList<Instruction> instructions, IReadOnlyList<OperandForm> inputs, IReadOnlyList<ProgramOutput> outputs)
    {
        Type = type;
        Instructions = [.. instructions];
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        UseCounts = CountUses();
        Text = Print();
    }

    /// <summary>What the lanes hold.</summary>
    internal LaneType Type { get; }

    /// <summary>The instructions; operands stand before what uses them.</summary>
    internal Instruction[] Instructions { get; }

    /// <summary>The inputs.</summary>
    internal OperandForm[] Inputs { get; }

    /// <summary>The results.</summary>
    internal ProgramOutput[] Outputs { get; }

    /// <summary>How often each instruction is read, by instructions or results; 0 for what nothing needs.</summary>
    internal int[] UseCounts { get; }

    /// <summary>The program as text.</summary>
    internal string Text { get; }

    /// <summary>Bytes of an element.</summary>
    internal int ElementSize => Type is LaneType.Float32 or LaneType.Int32 ? 4 : 8;

    /// <summary>Inputs and results.</summary>
    internal int OperandCount => Inputs.Length + Outputs.Length;

    /// <summary>Bytes of an element of an operand, counted through inputs and results.</summary>
    internal int SizeOf(int operand) => (operand < Inputs.Length ? Inputs[operand].IsMask : Outputs[operand - Inputs.Length].IsMask) ? 1 : ElementSize;

    int[] CountUses()
    {
        var uses = new int[Instructions.Length];
        foreach (var output in Outputs) uses[output.Value]++;
        for (var i = Instructions.Length - 1; i >= 0; i--)
        {
            if (uses[i] == 0) continue;
            var instruction = Instructions[i];
            if (instruction.OperandCount > 0) uses[instruction.A]++;
            if (instruction.OperandCount > 1) uses[instruction.B]++;
            if (instruction.OperandCount > 2) uses[instruction.C]++;
        }

        return uses;
    }

    string Print()
    {
        var text = new StringBuilder();
        text.Append(Type).Append('(');
        text.AppendJoin(' ', Inputs.Select(input => (input.IsScalar ? "scalar" : "array") + (input.IsMask ? " mask" : "")));
        text.Append(')');
        for (var i = 0; i < Instructions.Length; i++)
        {
            if (UseCounts[i] > 0) text.Append($" {i}={Instructions[i]}");
        }

        text.Append(" -> ");
        text.AppendJoin(' ', Outputs.Select(output => output.Value + (output.IsMask ? "m" : "")));
        return text.ToString();
    }
}
