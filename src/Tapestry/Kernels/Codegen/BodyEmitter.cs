using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// Writes what a program does to one vector. Each instruction becomes the call of the vector's member of that name, which the just-in-time compiler
/// expands; values that are read once stay on the evaluation stack.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed class BodyEmitter
{
    readonly MapProgram program;
    readonly VectorMembers vector;
    readonly ILGenerator il;
    // For each of the rows that a loop works on at once: where operands stand, and what serves the whole row.
    readonly LocalBuilder[][] pointers;
    readonly LocalBuilder?[][] scalars;
    // One variable for each value, shared by all copies of the body: the compiler follows only so many.
    readonly LocalBuilder?[] variables;
    // The same for vectors that are computed side by side, which need variables of their own.
    readonly LocalBuilder?[][] besides;
    readonly bool[] isKept;
    int row;
    int offset;
    int copy;

    internal BodyEmitter(MapProgram program, VectorMembers vector, ILGenerator il, int rows, int copies = 1)
    {
        this.program = program;
        this.vector = vector;
        this.il = il;
        var first = Enumerable.Range(0, program.OperandCount).Select(_ => il.DeclareLocal(typeof(byte*))).ToArray();
        pointers = [.. Enumerable.Range(0, rows).Select(row => row == 0 ? first : first.Select((pointer, i) => program.IsFixed(i) ? pointer : il.DeclareLocal(typeof(byte*))).ToArray())];
        scalars = [.. Enumerable.Range(0, rows).Select(_ => program.Inputs.Select(input => input.IsScalar ? il.DeclareLocal(vector.Type) : null).ToArray())];
        besides = [.. Enumerable.Range(0, copies).Select(_ => new LocalBuilder?[program.Instructions.Length])];
        variables = besides[0];
        isKept = new bool[program.Instructions.Length];
        Column = il.DeclareLocal(typeof(nint));
    }

    /// <summary>The column that is worked on.</summary>
    internal LocalBuilder Column { get; }

    /// <summary>Takes the places of the operands from the first argument.</summary>
    internal void LoadPointers()
    {
        for (var i = 0; i < program.OperandCount; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            LoadElement(i);
            il.Emit(OpCodes.Stloc, pointers[0][i]);
        }
    }

    /// <summary>Sets the places of a row one row behind those of another; the strides are the second argument.</summary>
    internal void Step(int from, int to)
    {
        for (var i = 0; i < program.OperandCount; i++)
        {
            if (program.IsFixed(i)) continue;
            il.Emit(OpCodes.Ldloc, pointers[from][i]);
            il.Emit(OpCodes.Ldarg_1);
            LoadElement(i);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, pointers[to][i]);
        }
    }

    /// <summary>Reads what serves the whole row.</summary>
    internal void LoadScalars(int ofRow)
    {
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            if (scalars[ofRow][i] is not { } scalar) continue;
            il.Emit(OpCodes.Ldloc, pointers[ofRow][i]);
            if (program.Inputs[i].IsMask)
            {
                il.Emit(OpCodes.Call, vector.SpreadMask);
            }
            else
            {
                il.Emit(OpCodes.Ldobj, vector.Element);
                il.Emit(OpCodes.Call, vector.Broadcast);
            }

            il.Emit(OpCodes.Stloc, scalar);
        }
    }

    /// <summary>Computes and stores the results of one vector of a row, so many elements behind the column. All are computed before the first is stored, since they may be written over inputs.</summary>
    internal void Emit(int ofRow = 0, int elementsBehind = 0)
    {
        (row, offset) = (ofRow, elementsBehind);
        Array.Clear(isKept);
        for (var i = 0; i < isKept.Length; i++)
        {
            var opcode = program.Instructions[i].Opcode;
            if (program.UseCounts[i] < 2 || opcode == Opcode.Constant || (opcode == Opcode.Input && scalars[row][program.Instructions[i].A] is not null)) continue;
            Compute(i);
            Keep(i);
        }

        foreach (var output in program.Outputs)
        {
            if (isKept[output.Value]) continue;
            Compute(output.Value);
            Keep(output.Value);
        }

        for (var i = 0; i < program.Outputs.Length; i++) Store(i);
    }

    /// <summary>
    /// The same for several vectors that follow each other, instruction by instruction: what one waits for is filled with what the others do, which the processor
    /// would otherwise have to find far ahead.
    /// </summary>
    internal void EmitSideBySide(int copies)
    {
        (row, offset) = (0, 0);
        Array.Clear(isKept);
        for (var i = 0; i < isKept.Length; i++)
        {
            if (program.UseCounts[i] == 0 || IsReadInPlace(i)) continue;
            for (copy = 0; copy < copies; copy++)
            {
                offset = copy * vector.Lanes;
                Compute(i);
                il.Emit(OpCodes.Stloc, besides[copy][i] ??= il.DeclareLocal(vector.Type));
            }

            isKept[i] = true;
        }

        for (var i = 0; i < program.Outputs.Length; i++)
        {
            for (copy = 0; copy < copies; copy++)
            {
                offset = copy * vector.Lanes;
                Store(i);
            }
        }

        copy = 0;
    }

    // Constants, what serves the whole row, inputs that one instruction reads, and comparisons before their selection, which then is one instruction.
    bool IsReadInPlace(int value) => program.Instructions[value].Opcode switch
    {
        Opcode.Constant => !IsOutput(value),
        Opcode.LessThan or Opcode.LessThanOrEqual or Opcode.Equal => program.UseCounts[value] == 1 && Array.Exists(program.Instructions, reader => reader.Opcode == Opcode.Select && reader.A == value),
        Opcode.Input => !IsOutput(value) && (program.UseCounts[value] == 1 || program.Inputs[program.Instructions[value].A].IsScalar),
        _ => false,
    };

    bool IsOutput(int value) => Array.Exists(program.Outputs, output => output.Value == value);

    void Store(int output)
    {
        Push(program.Outputs[output].Value);
        Address(program.Inputs.Length + output);
        il.Emit(OpCodes.Call, program.Outputs[output].IsMask ? vector.StoreMask : program.Streams ? vector.StoreStreaming : vector.Store);
    }

    /// <summary>Puts a value of the vector that was emitted last on the stack.</summary>
    internal void Push(int value)
    {
        if (isKept[value]) il.Emit(OpCodes.Ldloc, besides[copy][value]!);
        else Compute(value);
    }

    /// <summary>Puts the address of an operand for the vector that was emitted last on the stack.</summary>
    internal void Address(int operand)
    {
        il.Emit(OpCodes.Ldloc, pointers[row][operand]);
        il.Emit(OpCodes.Ldloc, Column);
        Scale(program.SizeOf(operand));
        il.Emit(OpCodes.Add);
        if (offset == 0) return;
        il.Emit(OpCodes.Ldc_I4, offset * program.SizeOf(operand));
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Puts where an operand stands for a row on the stack.</summary>
    internal void PushPointer(int ofRow, int operand) => il.Emit(OpCodes.Ldloc, pointers[ofRow][operand]);

    /// <summary>Multiplies the number on the stack.</summary>
    internal void Scale(int size)
    {
        if (size == 1) return;
        il.Emit(OpCodes.Ldc_I4, size);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Mul);
    }

    /// <summary>Moves a counter on.</summary>
    internal void Advance(LocalBuilder counter, int by)
    {
        il.Emit(OpCodes.Ldloc, counter);
        il.Emit(OpCodes.Ldc_I4, by);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, counter);
    }

    /// <summary>Starts a counter.</summary>
    internal void Clear(LocalBuilder counter)
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, counter);
    }

    void LoadElement(int index)
    {
        il.Emit(OpCodes.Ldc_I4, index * nint.Size);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I);
    }

    void Keep(int value)
    {
        isKept[value] = true;
        il.Emit(OpCodes.Stloc, variables[value] ??= il.DeclareLocal(vector.Type));
    }

    void Compute(int value)
    {
        var instruction = program.Instructions[value];
        switch (instruction.Opcode)
        {
            case Opcode.Input when scalars[row][instruction.A] is { } scalar:
                il.Emit(OpCodes.Ldloc, scalar);
                return;
            case Opcode.Input:
                Address(instruction.A);
                il.Emit(OpCodes.Call, program.Inputs[instruction.A].IsMask ? vector.LoadMask : vector.Load);
                return;
            case Opcode.Constant:
                vector.EmitConstant(il, instruction.Value);
                return;
        }

        if (instruction.OperandCount > 0) Push(instruction.A);
        if (instruction.OperandCount > 1) Push(instruction.B);
        if (instruction.OperandCount > 2) Push(instruction.C);
        if (instruction.Opcode is Opcode.ShiftLeft or Opcode.ShiftRightLogical) il.Emit(OpCodes.Ldc_I4, (int)instruction.Value);
        il.Emit(OpCodes.Call, instruction.Function is { } function ? function.Member(vector) : vector.Method(instruction.Opcode));
    }
}
