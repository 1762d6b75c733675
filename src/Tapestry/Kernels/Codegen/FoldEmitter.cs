using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using Tapestry.Kernels.Loops;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// Writes a program with folds as one loop nest. The lanes of rows stay in registers, in the order of <see cref="ReduceLoop"/>; rows are combined where the leaf
/// of <see cref="ColumnTree{TReducer, V, T}"/> lies. The end of a row is read as the vectors that end there, and lanes that were read before are masked away.
/// </summary>
[RequiresDynamicCode("Emits code at run time.")]
sealed unsafe class FoldEmitter
{
    /// <summary>The most instructions of a program that folds rows: the loop holds six copies of it, and the compiler follows only so many values.</summary>
    internal const int MostInstructions = 64;

    const int MostRowsAtOnce = 4;
    const int FewInstructions = 16;
    const int MostPointers = 14;

    readonly MapProgram program;
    readonly VectorMembers vector;
    readonly ILGenerator il;
    readonly BodyEmitter body;
    readonly int rowsAtOnce;
    readonly int group;
    readonly int unit;
    readonly LocalBuilder row;
    // What counts of the vectors that end with the row.
    readonly LocalBuilder[] masks;
    // For each fold of rows its lanes, for each of columns the vector that several rows are combined in.
    readonly LocalBuilder[][] totals;

    FoldEmitter(MapProgram program, VectorMembers vector, ILGenerator il)
    {
        this.program = program;
        this.vector = vector;
        this.il = il;
        rowsAtOnce = RowsAtOnce();
        body = new BodyEmitter(program, vector, il, rowsAtOnce);
        group = ReduceLoop.LaneBytes / program.ElementSize / vector.Lanes;
        unit = RestMask.UnitBytes / program.ElementSize / vector.Lanes;
        row = il.DeclareLocal(typeof(nint));
        masks = [.. Enumerable.Range(0, unit).Select(_ => il.DeclareLocal(vector.Type))];
        totals = [.. program.Folds.Select(fold => Enumerable.Range(0, fold.OfRows ? group : 1).Select(_ => il.DeclareLocal(vector.Type)).ToArray())];
    }

    /// <summary>The code of a program, and the lanes of the vectors it uses.</summary>
    internal static (RowCode Code, int Lanes) Emit(MapProgram program)
    {
        var vector = VectorMembers.Widest(program.Type);
        var method = MapEmitter.Method("Tapestry.Folded");
        new FoldEmitter(program, vector, method.GetILGenerator()).Emit();
        return ((RowCode)method.CreateDelegate(typeof(RowCode)), vector.Lanes);
    }

    // What several rows add to a column passes through registers, if the code stays small and there are registers for the places of all operands.
    int RowsAtOnce()
    {
        if (Array.Exists(program.Folds, fold => fold.OfRows) || Array.FindAll(program.UseCounts, uses => uses > 0).Length > FewInstructions) return 1;
        var shared = 0;
        for (var i = 0; i < program.OperandCount; i++)
        {
            if (program.IsFixed(i)) shared++;
        }

        var rows = MostRowsAtOnce;
        while (rows > 1 && shared + (program.OperandCount - shared) * rows > MostPointers) rows /= 2;
        return rows;
    }

    void Emit()
    {
        var isOfRows = Array.Exists(program.Folds, fold => fold.OfRows);
        body.LoadPointers();
        body.Clear(row);
        if (rowsAtOnce > 1) EmitRows(rowsAtOnce, FoldColumns);
        EmitRows(1, isOfRows ? FoldRow : FoldColumns);
        il.Emit(OpCodes.Ret);
    }

    // As long as so many rows are left.
    void EmitRows(int count, Action<int> emit)
    {
        Label next = il.DefineLabel(), end = il.DefineLabel();
        il.MarkLabel(next);
        il.Emit(OpCodes.Ldloc, row);
        Push(count);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Bgt, end);
        for (var i = 1; i < count; i++) body.Step(i - 1, i);
        for (var i = 0; i < count; i++) body.LoadScalars(i);
        emit(count);
        body.Step(count - 1, 0);
        body.Advance(row, count);
        il.Emit(OpCodes.Br, next);
        il.MarkLabel(end);
    }

    void FoldRow(int rows)
    {
        Debug.Assert(rows == 1, "The lanes of one row at a time are in registers.");
        var done = il.DefineLabel();
        for (var i = 0; i < program.Folds.Length; i++)
        {
            if (!program.Folds[i].OfRows) continue;
            foreach (var lanes in totals[i])
            {
                PushIdentity(i);
                il.Emit(OpCodes.Stloc, lanes);
            }
        }

        body.Clear(body.Column);
        EmitWhile(group);
        EmitWhile(unit);
        il.Emit(OpCodes.Ldloc, body.Column);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Bge, done);
        for (var i = 0; i < unit; i++)
        {
            PushMask(RestMask.UnitBytes, i * vector.Lanes * program.ElementSize);
            il.Emit(OpCodes.Stloc, masks[i]);
        }

        GoToLast(unit * vector.Lanes);
        for (var i = 0; i < unit; i++) EmitVector(i, group - unit + i, masks[i]);
        il.MarkLabel(done);
        StoreUnits();
    }

    // So many vectors at a time, as long as they are there; each has lanes of its own.
    void EmitWhile(int vectors)
    {
        Label next = il.DefineLabel(), test = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(next);
        for (var i = 0; i < vectors; i++) EmitVector(i, i, null);
        body.Advance(body.Column, vectors * vector.Lanes);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, body.Column);
        Push(vectors * vector.Lanes);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ble, next);
    }

    void EmitVector(int number, int lanes, LocalBuilder? mask)
    {
        body.Emit(0, number * vector.Lanes);
        for (var i = 0; i < program.Folds.Length; i++)
        {
            if (program.Folds[i].OfRows)
            {
                Combine(i, totals[i][lanes], mask);
                continue;
            }

            LoadLeaf(i);
            Combine(i, totals[i][0], mask);
            StoreLeaf(i);
        }
    }

    // The upper half of the lanes onto the lower one, until a unit is left.
    void StoreUnits()
    {
        for (var i = 0; i < program.Folds.Length; i++)
        {
            if (!program.Folds[i].OfRows) continue;
            for (var count = group; count > unit; count /= 2)
            {
                for (var j = 0; j < count / 2; j++)
                {
                    il.Emit(OpCodes.Ldloc, totals[i][j]);
                    il.Emit(OpCodes.Ldloc, totals[i][j + (count / 2)]);
                    il.Emit(OpCodes.Call, vector.Method(program.Folds[i].Combine));
                    il.Emit(OpCodes.Stloc, totals[i][j]);
                }
            }

            for (var j = 0; j < unit; j++)
            {
                il.Emit(OpCodes.Ldloc, totals[i][j]);
                body.PushPointer(0, program.FirstFold + i);
                Push(j * vector.Lanes * program.ElementSize);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Call, vector.Store);
            }
        }
    }

    void FoldColumns(int rows)
    {
        Label next = il.DefineLabel(), done = il.DefineLabel();
        body.Clear(body.Column);
        il.MarkLabel(next);
        EmitColumns(rows, null);
        body.Advance(body.Column, vector.Lanes);
        il.Emit(OpCodes.Ldloc, body.Column);
        Push(vector.Lanes);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ble, next);

        il.Emit(OpCodes.Ldloc, body.Column);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Bge, done);
        PushMask(vector.Lanes * program.ElementSize, 0);
        il.Emit(OpCodes.Stloc, masks[0]);
        GoToLast(vector.Lanes);
        EmitColumns(rows, masks[0]);
        il.MarkLabel(done);
    }

    void EmitColumns(int rows, LocalBuilder? mask)
    {
        for (var i = 0; i < rows; i++)
        {
            body.Emit(i);
            for (var fold = 0; fold < program.Folds.Length; fold++)
            {
                if (i == 0) LoadLeaf(fold);
                Combine(fold, totals[fold][0], mask);
                if (i == rows - 1) StoreLeaf(fold);
            }
        }
    }

    void LoadLeaf(int fold)
    {
        body.Address(program.FirstFold + fold);
        il.Emit(OpCodes.Call, vector.Load);
        il.Emit(OpCodes.Stloc, totals[fold][0]);
    }

    void StoreLeaf(int fold)
    {
        il.Emit(OpCodes.Ldloc, totals[fold][0]);
        body.Address(program.FirstFold + fold);
        il.Emit(OpCodes.Call, vector.Store);
    }

    void Combine(int fold, LocalBuilder total, LocalBuilder? mask)
    {
        il.Emit(OpCodes.Ldloc, total);
        if (mask is not null) il.Emit(OpCodes.Ldloc, mask);
        body.Push(program.Folds[fold].Value);
        if (mask is not null)
        {
            PushIdentity(fold);
            il.Emit(OpCodes.Call, vector.Method(Opcode.Select));
        }

        il.Emit(OpCodes.Call, vector.Method(program.Folds[fold].Combine));
        il.Emit(OpCodes.Stloc, total);
    }

    void PushIdentity(int fold) => vector.EmitConstant(il, program.Folds[fold].Identity);

    // The mask of what is left of the row, for so many bytes that end with it; of these the vector that begins at an offset.
    void PushMask(int bytes, int offset)
    {
        il.Emit(OpCodes.Ldc_I8, (long)RestMask.Table + RestMask.UnitBytes - bytes + offset);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldloc, body.Column);
        il.Emit(OpCodes.Sub);
        body.Scale(program.ElementSize);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Call, vector.Load);
    }

    void GoToLast(int elements)
    {
        il.Emit(OpCodes.Ldarg_3);
        Push(elements);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, body.Column);
    }

    void Push(int number)
    {
        il.Emit(OpCodes.Ldc_I4, number);
        il.Emit(OpCodes.Conv_I);
    }
}
