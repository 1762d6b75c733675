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
        EmitLoops(new BodyEmitter(program, vector, il, rows: 1), il, vector.Lanes);
        return ((RowCode)method.CreateDelegate(typeof(RowCode)), vector.Lanes);
    }

    /// <summary>An empty method that code for rows is written into.</summary>
    internal static unsafe DynamicMethod Method(string name) =>
        new(name, typeof(void), [typeof(byte**), typeof(nint*), typeof(nint), typeof(nint)], typeof(MapEmitter).Module, skipVisibility: true);

    static void EmitLoops(BodyEmitter body, ILGenerator il, int lanes)
    {
        var row = il.DeclareLocal(typeof(nint));
        Label nextRow = il.DefineLabel(), nextColumn = il.DefineLabel(), end = il.DefineLabel();
        body.LoadPointers();
        body.Clear(row);

        il.MarkLabel(nextRow);
        il.Emit(OpCodes.Ldloc, row);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Bge, end);
        body.LoadScalars(0);
        body.Clear(body.Column);

        il.MarkLabel(nextColumn);
        body.Emit();
        body.Advance(body.Column, lanes);
        il.Emit(OpCodes.Ldloc, body.Column);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Blt, nextColumn);

        body.Step(0, 0);
        body.Advance(row, 1);
        il.Emit(OpCodes.Br, nextRow);
        il.MarkLabel(end);
        il.Emit(OpCodes.Ret);
    }
}
