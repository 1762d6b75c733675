using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// Writes a program as one loop nest in the runtime's own intermediate language: rows outside, vectors inside. Each instruction becomes the call of the
/// vector's member of that name, which the just-in-time compiler expands; values that are read once stay on the evaluation stack.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed class MapEmitter
{
    readonly MapProgram program;
    readonly VectorMembers vector;
    readonly ILGenerator il;
    readonly LocalBuilder[] pointers;
    readonly LocalBuilder?[] scalars;
    readonly LocalBuilder?[] values;
    readonly LocalBuilder column;

    MapEmitter(MapProgram program, VectorMembers vector, ILGenerator il)
    {
        this.program = program;
        this.vector = vector;
        this.il = il;
        pointers = [.. Enumerable.Range(0, program.OperandCount).Select(_ => il.DeclareLocal(typeof(byte*)))];
        scalars = [.. program.Inputs.Select(input => input.IsScalar ? il.DeclareLocal(vector.Type) : null)];
        values = new LocalBuilder?[program.Instructions.Length];
        column = il.DeclareLocal(typeof(nint));
    }

    /// <summary>The code of a program, and the lanes of the vectors it uses.</summary>
    internal static unsafe (RowCode Code, int Lanes) Emit(MapProgram program)
    {
        var vector = VectorMembers.Widest(program.Type);
        var method = new DynamicMethod("Tapestry.Fused", typeof(void), [typeof(byte**), typeof(nint*), typeof(nint), typeof(nint)], typeof(MapEmitter).Module, skipVisibility: true);
        new MapEmitter(program, vector, method.GetILGenerator()).EmitLoops();
        return ((RowCode)method.CreateDelegate(typeof(RowCode)), vector.Lanes);
    }

    void EmitLoops()
    {
        var row = il.DeclareLocal(typeof(nint));
        Label nextRow = il.DefineLabel(), nextColumn = il.DefineLabel(), end = il.DefineLabel();
        for (var i = 0; i < pointers.Length; i++) LoadElement(OpCodes.Ldarg_0, i, pointers[i]);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, row);

        il.MarkLabel(nextRow);
        il.Emit(OpCodes.Ldloc, row);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Bge, end);
        EmitScalars();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, column);

        il.MarkLabel(nextColumn);
        EmitBody();
        Advance(column, vector.Lanes);
        il.Emit(OpCodes.Ldloc, column);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Blt, nextColumn);

        for (var i = 0; i < pointers.Length; i++)
        {
            il.Emit(OpCodes.Ldloc, pointers[i]);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i * nint.Size);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, pointers[i]);
        }

        Advance(row, 1);
        il.Emit(OpCodes.Br, nextRow);
        il.MarkLabel(end);
        il.Emit(OpCodes.Ret);
    }

    void LoadElement(OpCode array, int index, LocalBuilder into)
    {
        il.Emit(array);
        il.Emit(OpCodes.Ldc_I4, index * nint.Size);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, into);
    }

    void Advance(LocalBuilder counter, int by)
    {
        il.Emit(OpCodes.Ldloc, counter);
        il.Emit(OpCodes.Ldc_I4, by);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, counter);
    }

    void EmitScalars()
    {
        for (var i = 0; i < scalars.Length; i++)
        {
            if (scalars[i] is not { } scalar) continue;
            il.Emit(OpCodes.Ldloc, pointers[i]);
            if (program.Inputs[i].IsMask)
            {
                il.Emit(OpCodes.Call, vector.SpreadMask);
            }
            else
            {
                il.Emit(OpCodes.Ldobj, vector.Element);
                il.Emit(OpCodes.Call, vector.Method(nameof(Lanes512<>.Broadcast)));
            }

            il.Emit(OpCodes.Stloc, scalar);
        }
    }

    // All values are computed before the first is stored, since results may be written over inputs.
    void EmitBody()
    {
        Array.Clear(values);
        for (var i = 0; i < values.Length; i++)
        {
            var opcode = program.Instructions[i].Opcode;
            if (program.UseCounts[i] < 2 || opcode == Opcode.Constant || (opcode == Opcode.Input && scalars[program.Instructions[i].A] is not null)) continue;
            Compute(i);
            Keep(i);
        }

        foreach (var output in program.Outputs)
        {
            if (values[output.Value] is not null) continue;
            Compute(output.Value);
            Keep(output.Value);
        }

        for (var i = 0; i < program.Outputs.Length; i++)
        {
            var output = program.Outputs[i];
            Push(output.Value);
            Address(program.Inputs.Length + i);
            il.Emit(OpCodes.Call, vector.Method(output.IsMask ? nameof(Lanes512<>.StoreMask) : nameof(Lanes512<>.Store)));
        }
    }

    void Keep(int value)
    {
        values[value] = il.DeclareLocal(vector.Type);
        il.Emit(OpCodes.Stloc, values[value]!);
    }

    void Address(int operand)
    {
        il.Emit(OpCodes.Ldloc, pointers[operand]);
        il.Emit(OpCodes.Ldloc, column);
        if (program.SizeOf(operand) != 1)
        {
            il.Emit(OpCodes.Ldc_I4, program.SizeOf(operand));
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
        }

        il.Emit(OpCodes.Add);
    }

    void Push(int value)
    {
        if (values[value] is { } kept) il.Emit(OpCodes.Ldloc, kept);
        else Compute(value);
    }

    void Compute(int value)
    {
        var instruction = program.Instructions[value];
        switch (instruction.Opcode)
        {
            case Opcode.Input when scalars[instruction.A] is { } scalar:
                il.Emit(OpCodes.Ldloc, scalar);
                return;
            case Opcode.Input:
                Address(instruction.A);
                il.Emit(OpCodes.Call, vector.Method(program.Inputs[instruction.A].IsMask ? nameof(Lanes512<>.LoadMask) : nameof(Lanes512<>.Load)));
                return;
            case Opcode.Constant:
                il.Emit(OpCodes.Ldc_I8, instruction.Value);
                il.Emit(OpCodes.Call, vector.Method(nameof(Lanes512<>.CreateBits)));
                return;
        }

        if (instruction.OperandCount > 0) Push(instruction.A);
        if (instruction.OperandCount > 1) Push(instruction.B);
        if (instruction.OperandCount > 2) Push(instruction.C);
        if (instruction.Opcode is Opcode.ShiftLeft or Opcode.ShiftRightLogical) il.Emit(OpCodes.Ldc_I4, (int)instruction.Value);
        il.Emit(OpCodes.Call, instruction.Function is { } function ? vector.Method(function) : vector.Method(instruction.Opcode));
    }
}
