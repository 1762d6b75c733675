namespace Tapestry.Kernels.Codegen;

/// <summary>What the lanes of a recorded program hold.</summary>
enum LaneType : byte
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>float64.</summary>
    Float64,

    /// <summary>int32.</summary>
    Int32,

    /// <summary>int64.</summary>
    Int64,
}

/// <summary>The members of <see cref="Simd.IVec{V}"/> that have no expansion into others.</summary>
enum Opcode : byte
{
    Input,
    Constant,
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    And,
    Or,
    Xor,
    Not,
    MultiplyAdd,
    Abs,
    Maximum,
    Minimum,
    Clamp,
    Sqrt,
    Floor,
    Ceiling,
    Truncate,
    Round,
    LessThan,
    LessThanOrEqual,
    Equal,
    Select,
    ShiftLeft,
    ShiftRightLogical,
    ShiftLeftBy,
    ShiftRightBy,
    AddBits,
    SubtractBits,
    FloorDivide,
    FloorModulo,
    TruncateModulo,
    ScaleB,
    PerLane,
    PerLane2,
    PerLaneWhere,
}

/// <summary>One vector instruction of a recorded program; operands are numbers of earlier instructions.</summary>
/// <param name="Opcode">What is done.</param>
/// <param name="A">The first operand, or the number of an input.</param>
/// <param name="B">The second operand.</param>
/// <param name="C">The third operand.</param>
/// <param name="Value">The bits of a constant, or the count of a shift.</param>
/// <param name="Function">What is called lane by lane, if anything.</param>
sealed record Instruction(Opcode Opcode, int A = -1, int B = -1, int C = -1, long Value = 0, LaneFunction? Function = null)
{
    /// <summary>How many operands are instructions.</summary>
    internal int OperandCount => Opcode switch
    {
        Opcode.Input or Opcode.Constant => 0,
        Opcode.Negate or Opcode.Not or Opcode.Abs or Opcode.Sqrt or Opcode.Floor or Opcode.Ceiling or Opcode.Truncate or Opcode.Round or Opcode.ShiftLeft or Opcode.ShiftRightLogical or Opcode.PerLane => 1,
        Opcode.MultiplyAdd or Opcode.Clamp or Opcode.Select or Opcode.PerLaneWhere => 3,
        _ => 2,
    };

    /// <summary>About how many cycles a vector costs: what is cheap is computed again rather than stored.</summary>
    internal int Cost => Opcode switch
    {
        Opcode.Input or Opcode.Constant => 0,
        Opcode.Divide or Opcode.Sqrt => 8,
        _ => IsCall ? 64 : 1,
    };

    /// <summary>Whether it is called lane by lane.</summary>
    internal bool IsCall => Opcode is Opcode.PerLane or Opcode.PerLane2 or Opcode.PerLaneWhere or Opcode.FloorDivide or Opcode.FloorModulo or Opcode.TruncateModulo;

    string Operands => OperandCount switch { 1 => $"{A}", 2 => $"{A},{B}", _ => $"{A},{B},{C}" };

    /// <summary>The instruction as text, the same for equal instructions: part of the key under which code is kept.</summary>
    public override string ToString() => Opcode switch
    {
        Opcode.Input => $"in{A}",
        Opcode.Constant => $"#{Value:x}",
        // As a text: formatting an enumeration in place would have the runtime compile how that is done for this one.
        _ => $"{Opcode.ToString()}({Operands}{(Opcode is Opcode.ShiftLeft or Opcode.ShiftRightLogical ? $",{Value}" : "")}{(Function is null ? "" : $",{Function.Name}")})",
    };
}
