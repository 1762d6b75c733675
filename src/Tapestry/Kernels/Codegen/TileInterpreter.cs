using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Codegen;

/// <summary>
/// Runs a program without making code: instruction after instruction over tiles small enough for the first cache level, with vector functions that were
/// compiled before. The same bits as the compiled loop; every value passes through memory, so it is slower.
/// </summary>
static class TileInterpreter
{
    /// <summary>The interpreter of a program at the widest vectors, and their lanes.</summary>
    internal static (RowCode Code, int Lanes) Create(MapProgram program) => program.Type switch
    {
        LaneType.Float32 => Widest<float>(program),
        LaneType.Float64 => Widest<double>(program),
        LaneType.Int32 => Widest<int>(program),
        _ => Widest<long>(program),
    };

    static (RowCode Code, int Lanes) Widest<T>(MapProgram program)
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) return Of<Lanes512<T>, T>(program);
        return Vector256.IsHardwareAccelerated ? Of<Lanes256<T>, T>(program) : Of<Lanes128<T>, T>(program);
    }

    static unsafe (RowCode Code, int Lanes) Of<V, T>(MapProgram program)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => (new TileInterpreter<V, T>(program).Run, V.Count);
}

/// <summary>The interpreter for one width of vectors.</summary>
sealed unsafe class TileInterpreter<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    const int Tile = 256;

    readonly MapProgram program;
    readonly int[] slots;
    readonly int slotCount;

    internal TileInterpreter(MapProgram program)
    {
        this.program = program;
        (slots, slotCount) = Assign(program);
    }

    static int Group => ReduceLoop.LaneBytes / sizeof(T);

    static int Unit => RestMask.UnitBytes / sizeof(T);

    /// <summary>Runs over rows: of whole vectors, or of any number of columns where there are folds.</summary>
    internal void Run(byte** operands, nint* rowStrides, nint rows, nint columns)
    {
        var memory = ScratchMemory.Get<T>(ScratchMemory.Purpose.Tiles, (long)slotCount * Tile + (long)program.Folds.Length * Group);
        for (nint row = 0; row < rows; row++)
        {
            if (program.Folds.Length > 0)
            {
                Fold(memory, operands, rowStrides, row, columns);
                continue;
            }

            for (nint start = 0; start < columns; start += Tile) Compute(memory, operands, rowStrides, row, start, (int)Math.Min(Tile, columns - start));
        }
    }

    void Compute(T* memory, byte** operands, nint* rowStrides, nint row, nint start, int count)
    {
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] >= 0) Step(program.Instructions[i], memory, memory + slots[i] * Tile, operands, rowStrides, row, start, count);
        }

        for (var i = 0; i < program.Outputs.Length; i++)
        {
            var (value, isMask) = program.Outputs[i];
            var operand = program.Inputs.Length + i;
            var to = operands[operand] + row * rowStrides[operand] + start * program.SizeOf(operand);
            var from = memory + slots[value] * Tile;
            for (var j = 0; j < count; j += V.Count)
            {
                if (isMask) V.StoreMask(V.Load(from + j), to + j);
                else V.Store(V.Load(from + j), (T*)to + j);
            }
        }
    }

    // Groups, then units, then the unit that ends with the row: the order of the compiled loop and of single reductions.
    void Fold(T* memory, byte** operands, nint* rowStrides, nint row, nint columns)
    {
        var lanes = memory + (nint)slotCount * Tile;
        for (var i = 0; i < program.Folds.Length; i++)
        {
            var identity = V.CreateBits(program.Folds[i].Identity);
            for (var j = 0; j < Group; j += V.Count) V.Store(identity, lanes + i * Group + j);
        }

        nint groups = columns - columns % Group, units = columns - columns % Unit;
        for (nint start = 0; start < groups; start += Tile) Part(start, (int)Math.Min(Tile, groups - start), Group, 0, null);
        if (units > groups) Part(groups, (int)(units - groups), Unit, 0, null);
        if (columns > units) Part(columns - Unit, Unit, Unit, Group - Unit, (T*)RestMask.For((columns - units) * sizeof(T)));
        for (var i = 0; i < program.Folds.Length; i++)
        {
            if (!program.Folds[i].OfRows) continue;
            var own = lanes + i * Group;
            for (var width = Group / 2; width >= Unit; width /= 2)
                for (var j = 0; j < width; j += V.Count) V.Store(Evaluate(Combination(i), V.Load(own + j), V.Load(own + width + j), default), own + j);
            Unsafe.CopyBlockUnaligned(operands[program.FirstFold + i] + row * rowStrides[program.FirstFold + i], own, RestMask.UnitBytes);
        }

        void Part(nint start, int count, int period, int firstLane, T* mask)
        {
            Compute(memory, operands, rowStrides, row, start, count);
            for (var i = 0; i < program.Folds.Length; i++)
            {
                var fold = program.Folds[i];
                var leaf = (T*)operands[program.FirstFold + i] + start;
                var from = memory + slots[fold.Value] * Tile;
                for (var j = 0; j < count; j += V.Count)
                {
                    var value = mask == null ? V.Load(from + j) : V.Select(V.Load(mask + j), V.Load(from + j), V.CreateBits(fold.Identity));
                    var total = fold.OfRows ? lanes + i * Group + firstLane + j % period : leaf + j;
                    V.Store(Evaluate(Combination(i), V.Load(total), value, default), total);
                }
            }
        }

        Instruction Combination(int fold) => new(program.Folds[fold].Combine);
    }

    void Step(Instruction instruction, T* memory, T* to, byte** operands, nint* rowStrides, nint row, nint start, int count)
    {
        if (instruction.Opcode == Opcode.Input)
        {
            Read(instruction.A, to, operands[instruction.A] + row * rowStrides[instruction.A], start, count);
            return;
        }

        T* a = Operand(instruction.A), b = Operand(instruction.B), c = Operand(instruction.C);
        for (var j = 0; j < count; j += V.Count) V.Store(Evaluate(instruction, V.Load(a + j), V.Load(b + j), V.Load(c + j)), to + j);

        T* Operand(int value) => value < 0 ? memory : memory + slots[value] * Tile;
    }

    void Read(int input, T* to, byte* from, nint start, int count)
    {
        var (isScalar, isMask, _) = program.Inputs[input];
        for (var j = 0; j < count; j += V.Count)
        {
            V.Store(
                (isScalar, isMask) switch
                {
                    (true, true) => Masks<V, T>.Spread(from),
                    (true, false) => V.Broadcast(*(T*)from),
                    (false, true) => V.LoadMask(from + start + j),
                    _ => V.Load((T*)from + start + j),
                },
                to + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Evaluate(in Instruction instruction, V a, V b, V c) => instruction.Opcode switch
    {
        Opcode.Constant => V.CreateBits(instruction.Value),
        Opcode.Add => a + b,
        Opcode.Subtract => a - b,
        Opcode.Multiply => a * b,
        Opcode.Divide => a / b,
        Opcode.Negate => -a,
        Opcode.And => a & b,
        Opcode.Or => a | b,
        Opcode.Xor => a ^ b,
        Opcode.Not => ~a,
        Opcode.MultiplyAdd => V.MultiplyAdd(a, b, c),
        Opcode.Abs => V.Abs(a),
        Opcode.Maximum => V.Maximum(a, b),
        Opcode.Minimum => V.Minimum(a, b),
        Opcode.Clamp => V.Clamp(a, b, c),
        Opcode.Sqrt => V.Sqrt(a),
        Opcode.Floor => V.Floor(a),
        Opcode.Ceiling => V.Ceiling(a),
        Opcode.Truncate => V.Truncate(a),
        Opcode.Round => V.Round(a),
        Opcode.LessThan => V.LessThan(a, b),
        Opcode.LessThanOrEqual => V.LessThanOrEqual(a, b),
        Opcode.Equal => V.Equal(a, b),
        Opcode.Select => V.Select(a, b, c),
        Opcode.ShiftLeft => V.ShiftLeft(a, (int)instruction.Value),
        Opcode.ShiftRightLogical => V.ShiftRightLogical(a, (int)instruction.Value),
        Opcode.ShiftLeftBy => V.ShiftLeft(a, b),
        Opcode.ShiftRightBy => V.ShiftRight(a, b),
        Opcode.AddBits => V.AddBits(a, b),
        Opcode.SubtractBits => V.SubtractBits(a, b),
        Opcode.FloorDivide => V.FloorDivide(a, b),
        Opcode.FloorModulo => V.FloorModulo(a, b),
        Opcode.TruncateModulo => V.TruncateModulo(a, b),
        Opcode.ScaleB => V.ScaleB(a, b),
        _ => instruction.Function!.Invoke<V, T>(a, b, c),
    };

    // A tile is free again when the last reader of its value has run.
    static (int[] Slots, int Count) Assign(MapProgram program)
    {
        var slots = new int[program.Instructions.Length];
        var last = new int[slots.Length];
        Array.Fill(slots, -1);
        for (var i = 0; i < slots.Length; i++)
        {
            if (program.UseCounts[i] == 0) continue;
            var instruction = program.Instructions[i];
            if (instruction.OperandCount > 0) last[instruction.A] = i;
            if (instruction.OperandCount > 1) last[instruction.B] = i;
            if (instruction.OperandCount > 2) last[instruction.C] = i;
        }

        foreach (var output in program.Outputs) last[output.Value] = int.MaxValue;
        foreach (var fold in program.Folds) last[fold.Value] = int.MaxValue;
        var free = new Stack<int>();
        var count = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            if (program.UseCounts[i] == 0) continue;
            for (var value = 0; value < i; value++)
            {
                if (last[value] != i || slots[value] < 0) continue;
                // The result may take the tile of an operand: each vector is read before it is written.
                free.Push(slots[value]);
                last[value] = -1;
            }

            slots[i] = free.Count > 0 ? free.Pop() : count++;
        }

        return (slots, count);
    }
}
