namespace Tapestry.Kernels.Codegen;

/// <summary>
/// How many vectors a loop computes side by side, instruction by instruction. Long functions are chains in which each instruction waits for the one before; the processor
/// looks ahead for others only so far (exp of 256-bit lanes: 0.45 to 0.33 ns an element with four chains).
/// </summary>
static class SideBySide
{
    /// <summary>What costs less is waiting for memory.</summary>
    internal const int LeastCost = 10;

    const int Most = 4;
    const int Registers = 16;
    // The just-in-time compiler follows only so many values.
    const int MostInstructions = 192;

    /// <summary>The number for a program.</summary>
    internal static int CountOf(MapProgram program)
    {
        int cost = 0, count = 0;
        for (var i = 0; i < program.Instructions.Length; i++)
        {
            var instruction = program.Instructions[i];
            if (program.UseCounts[i] == 0 || instruction.Opcode is Opcode.Input or Opcode.Constant) continue;
            if (instruction.IsCall) return 1;
            count++;
            cost += instruction.Cost;
        }

        return cost < LeastCost ? 1 : Math.Clamp(Math.Min(Registers / MostLive(program), MostInstructions / count), 1, Most);
    }

    // The most values that are needed at a time, if instructions run in order.
    static int MostLive(MapProgram program)
    {
        var instructions = program.Instructions;
        var lastUse = new int[instructions.Length];
        for (var i = 0; i < instructions.Length; i++)
        {
            if (program.UseCounts[i] == 0) continue;
            if (instructions[i].OperandCount > 0) lastUse[instructions[i].A] = i;
            if (instructions[i].OperandCount > 1) lastUse[instructions[i].B] = i;
            if (instructions[i].OperandCount > 2) lastUse[instructions[i].C] = i;
        }

        foreach (var output in program.Outputs) lastUse[output.Value] = instructions.Length;
        var most = 1;
        for (var i = 0; i < instructions.Length; i++)
        {
            var live = 0;
            for (var j = 0; j <= i; j++)
            {
                // What one instruction reads from memory takes no register.
                if (program.UseCounts[j] > (instructions[j].Opcode == Opcode.Input ? 1 : 0) && instructions[j].Opcode != Opcode.Constant && lastUse[j] > i) live++;
            }

            most = Math.Max(most, live);
        }

        return most;
    }
}
