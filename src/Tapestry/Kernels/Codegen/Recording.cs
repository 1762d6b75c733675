using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>The program that <see cref="Recorder"/> writes: instructions in order, equal ones only once.</summary>
sealed class Recording(LaneType type)
{
    [ThreadStatic]
    static Recording? current;

    readonly List<Instruction> instructions = [];
    readonly Dictionary<Instruction, int> known = [];

    /// <summary>The program that bodies write to on this thread.</summary>
    internal static Recording Current => current ?? throw new InvalidOperationException("No program is being recorded on this thread.");

    /// <summary>What the lanes hold.</summary>
    internal LaneType Type => type;

    /// <summary>The instructions so far.</summary>
    internal IReadOnlyList<Instruction> Instructions => instructions;

    /// <summary>What bodies ask about the lanes.</summary>
    internal ElementKind Kind => type switch
    {
        LaneType.Float32 => ElementKind.Float32,
        LaneType.Float64 => ElementKind.Float64,
        _ => ElementKind.Integer,
    };

    /// <summary>About how many cycles a vector takes.</summary>
    internal int Cost
    {
        get
        {
            var cost = 0;
            foreach (var instruction in instructions) cost += instruction.Cost;
            return cost;
        }
    }

    /// <summary>Lets bodies write to this program.</summary>
    internal TResult Write<TResult>(Func<TResult> body)
    {
        var former = current;
        current = this;
        try
        {
            return body();
        }
        finally
        {
            current = former;
        }
    }

    /// <summary>An input of the program.</summary>
    internal Recorder Input(int number) => Append(new Instruction(Opcode.Input, number));

    /// <summary>Adds an instruction, or finds the equal one.</summary>
    internal Recorder Append(Instruction instruction)
    {
        if (known.TryGetValue(instruction, out var number)) return new(number);
        instructions.Add(instruction);
        known.Add(instruction, instructions.Count - 1);
        return new(instructions.Count - 1);
    }

    /// <summary>A constant from its bits.</summary>
    internal Recorder Constant(long bits) => Append(new Instruction(Opcode.Constant, Value: Size == 4 ? (uint)bits : bits));

    /// <summary>A constant from a number, as <see cref="IVec{V}.Create(double)"/> has it.</summary>
    internal Recorder Constant(double value) => Constant(type switch
    {
        LaneType.Float32 => BitConverter.SingleToInt32Bits((float)value),
        LaneType.Float64 => BitConverter.DoubleToInt64Bits(value),
        _ => (long)value,
    });

    /// <summary>A constant from a whole number, as <see cref="IVec{V}.Create(long)"/> has it.</summary>
    internal Recorder Whole(long value) => Constant(type switch
    {
        LaneType.Float32 => BitConverter.SingleToInt32Bits(value),
        LaneType.Float64 => BitConverter.DoubleToInt64Bits(value),
        _ => value,
    });

    /// <summary>The lowest or the highest number.</summary>
    internal Recorder Limit(bool highest) => type switch
    {
        LaneType.Float32 or LaneType.Float64 => Constant(highest ? double.PositiveInfinity : double.NegativeInfinity),
        LaneType.Int32 => Constant(highest ? int.MaxValue : int.MinValue),
        _ => Constant(highest ? long.MaxValue : long.MinValue),
    };

    int Size => type is LaneType.Float32 or LaneType.Int32 ? 4 : 8;
}
