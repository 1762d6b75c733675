using System.Text;
using Tapestry.Kernels.Loops;

namespace Tapestry.Kernels.Codegen;

/// <summary>How an operand of a program lies along a row.</summary>
/// <param name="IsScalar">Whether one element serves the whole row.</param>
/// <param name="IsMask">Whether the elements are bytes of truth instead of lanes.</param>
/// <param name="IsFixed">Whether all rows read the same one.</param>
sealed record OperandForm(bool IsScalar, bool IsMask, bool IsFixed = false);

/// <summary>A result of a program.</summary>
/// <param name="Value">The instruction whose value it is.</param>
/// <param name="IsMask">Whether it is stored as bytes of truth.</param>
sealed record ProgramOutput(int Value, bool IsMask);

/// <summary>A value whose elements are combined while the loop runs.</summary>
/// <param name="Value">The instruction whose value it is.</param>
/// <param name="Combine">What joins two elements.</param>
/// <param name="Identity">The bits of the element that leaves others unchanged.</param>
/// <param name="OfRows">Whether each row becomes a unit of 64 bytes of lanes; else rows are combined element by element in one row that holds what was before.</param>
sealed record ProgramFold(int Value, Opcode Combine, long Identity, bool OfRows);

/// <summary>A recorded elementwise program: what every vector of a row goes through. Programs with the same text are the same.</summary>
sealed class MapProgram
{
    internal MapProgram(LaneType type, IReadOnlyList<Instruction> instructions, IReadOnlyList<OperandForm> inputs, IReadOnlyList<ProgramOutput> outputs, IReadOnlyList<ProgramFold>? folds = null, bool streams = false)
    {
        Type = type;
        Instructions = [.. instructions];
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Folds = [.. folds ?? []];
        Streams = streams;
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

    /// <summary>What is combined along the way.</summary>
    internal ProgramFold[] Folds { get; }

    /// <summary>Whether results go past the caches; they must begin at cache lines then, and rows consist of whole vectors.</summary>
    internal bool Streams { get; }

    /// <summary>How often each instruction is read, by instructions, results or folds; 0 for what nothing needs.</summary>
    internal int[] UseCounts { get; }

    /// <summary>The program as text.</summary>
    internal string Text { get; }

    /// <summary>Bytes of an element.</summary>
    internal int ElementSize => Type is LaneType.Float32 or LaneType.Int32 ? 4 : 8;

    /// <summary>Inputs, results, and what the folds write.</summary>
    internal int OperandCount => FirstFold + Folds.Length;

    /// <summary>The first operand that a fold writes.</summary>
    internal int FirstFold => Inputs.Length + Outputs.Length;

    /// <summary>The fewest elements of a row: with folds the end of a row is read as a whole unit, or a group of lanes is filled.</summary>
    internal int FewestColumns => Folds.Length == 0 ? 1 : (Array.Exists(Folds, fold => fold.OfRows) ? ReduceLoop.LaneBytes : RestMask.UnitBytes) / ElementSize;

    /// <summary>Whether an operand is the same for all rows: a fixed input, or the row that others are combined in.</summary>
    internal bool IsFixed(int operand) => operand < Inputs.Length ? Inputs[operand].IsFixed : operand >= FirstFold && !Folds[operand - FirstFold].OfRows;

    /// <summary>Bytes of an element of an operand, counted through inputs, results and folds.</summary>
    internal int SizeOf(int operand) => operand < FirstFold && (operand < Inputs.Length ? Inputs[operand].IsMask : Outputs[operand - Inputs.Length].IsMask) ? 1 : ElementSize;

    int[] CountUses()
    {
        var uses = new int[Instructions.Length];
        foreach (var output in Outputs) uses[output.Value]++;
        foreach (var fold in Folds) uses[fold.Value]++;
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
        text.AppendJoin(' ', Inputs.Select(input => (input.IsScalar ? "scalar" : "array") + (input.IsMask ? " mask" : "") + (input.IsFixed ? " fixed" : "")));
        text.Append(')');
        for (var i = 0; i < Instructions.Length; i++)
        {
            if (UseCounts[i] > 0) text.Append($" {i}={Instructions[i]}");
        }

        text.Append(" -> ");
        text.AppendJoin(' ', Outputs.Select(output => output.Value + (output.IsMask ? "m" : "")));
        foreach (var fold in Folds) text.Append($" {(fold.OfRows ? "rows" : "columns")} {fold.Combine.ToString()}({fold.Value}) from #{fold.Identity:x}");
        if (Streams) text.Append(" past the caches");
        return text.ToString();
    }

    /// <summary>The same with results that go past the caches.</summary>
    internal MapProgram Streaming() => new(Type, Instructions, Inputs, Outputs, Folds, streams: true);
}
