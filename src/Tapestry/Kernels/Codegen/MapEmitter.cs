using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace Tapestry.Kernels.Codegen;

/// <summary>Writes a program as one loop nest in the runtime's own intermediate language: rows outside, vectors inside.</summary>
[RequiresDynamicCode("Emits code at run time.")]
static class MapEmitter
{
    /// <summary>The code of a program, and the lanes of the vectors it uses.</summary>
    internal static (RowCode Code, int Lanes) Emit(MapProgram program)
    {
        var vector = VectorMembers.Widest(program.Type);
        var method = Method("Tapestry.Fused");
        var il = method.GetILGenerator();
        var copies = SideBySide.CountOf(program);
        EmitLoops(new BodyEmitter(program, vector, il, rows: 1, copies), il, vector.Lanes, copies);
        return ((RowCode)method.CreateDelegate(typeof(RowCode)), vector.Lanes);
    }

    /// <summary>An empty method that code for rows is written into.</summary>
    internal static unsafe DynamicMethod Method(string name) =>
        new(name, typeof(void), [typeof(byte**), typeof(nint*), typeof(nint), typeof(nint)], typeof(MapEmitter).Module, skipVisibility: true);

    static void EmitLoops(BodyEmitter body, ILGenerator il, int lanes, int copies)
    {
        var row = il.DeclareLocal(typeof(nint));
        Label nextRow = il.DefineLabel(), end = il.DefineLabel();
        body.LoadPointers();
        body.Clear(row);

        il.MarkLabel(nextRow);
        il.Emit(OpCodes.Ldloc, row);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Bge, end);
        body.LoadScalars(0);
        body.Clear(body.Column);
        if (copies > 1) EmitColumns(body, il, lanes * copies, () => body.EmitSideBySide(copies));
        EmitColumns(body, il, lanes, () => body.Emit());
        body.Step(0, 0);
        body.Advance(row, 1);
        il.Emit(OpCodes.Br, nextRow);
        il.MarkLabel(end);
        il.Emit(OpCodes.Ret);
    }

    // As long as so many elements are left.
    static void EmitColumns(BodyEmitter body, ILGenerator il, int count, Action emit)
    {
        Label next = il.DefineLabel(), test = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(next);
        emit();
        body.Advance(body.Column, count);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, body.Column);
        il.Emit(OpCodes.Ldc_I4, count);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ble, next);
    }
}
