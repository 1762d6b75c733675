using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry.Compiler;

/// <summary>Turns a group into the one operation that runs it.</summary>
sealed class GroupLowering
{
    readonly FusionGroup group;
    readonly IReadOnlyList<GraphNode> nodes;
    readonly Func<Tensor, Tensor> planned;
    readonly FusableReduction?[] reductions;
    readonly Dictionary<GraphValue, int> makers;
    readonly List<GraphValue> inputs = [];
    readonly List<Tensor> inputTensors = [];
    readonly List<int> outputs = [];
    readonly Dictionary<GraphValue, int> outputNumbers = [];
    readonly Dictionary<GraphValue, Place> stored = [];
    readonly Dictionary<GraphValue, int> stageOf = [];
    readonly LaneType lanes;
    readonly bool folds;
    int storedCount;
    int slotCount;
    bool isTooLarge;
    bool isTooLargeToFold;

    GroupLowering(FusionGroup group, IReadOnlyList<GraphNode> nodes, Func<Tensor, Tensor> planned, FusableReduction?[] reductions, Dictionary<GraphValue, int> makers, bool folds)
    {
        (this.group, this.nodes, this.planned, this.reductions, this.makers, this.folds) = (group, nodes, planned, reductions, makers, folds);
        lanes = group.Lanes ?? LaneType.Float32;
    }

    /// <summary>The operation for a group, with what it reads and the values that others need of it; null when a kernel would have too many operands.</summary>
    internal static GraphNode? Lower(
        FusionGroup group,
        IReadOnlyList<GraphNode> nodes,
        Func<Tensor, Tensor> planned,
        FusableReduction?[] reductions,
        Dictionary<GraphValue, int> makers,
        Func<GraphValue, bool> isNeededOutside)
    {
        var lowering = new GroupLowering(group, nodes, planned, reductions, makers, folds: true);
        var node = lowering.Lower(isNeededOutside);
        // Reductions of what takes many instructions are passes of their own, over values in memory.
        return lowering.isTooLargeToFold ? new GroupLowering(group, nodes, planned, reductions, makers, folds: false).Lower(isNeededOutside) : node;
    }

    GraphNode? Lower(Func<GraphValue, bool> isNeededOutside)
    {
        foreach (var index in group.Computed) CollectInputs(nodes[index]);
        foreach (var index in group.Members)
        {
            var value = Graph.ValueOf(nodes[index].Outputs[0]);
            if (!isNeededOutside(value)) continue;
            outputNumbers.Add(value, outputs.Count);
            outputs.Add(index);
        }

        FusedOp op = group.Product is not null ? LowerProduct() : group.RowRank is null ? LowerMap() : LowerRows();
        return isTooLarge || isTooLargeToFold ? null : new GraphNode(op, [.. ProductInputs, .. inputTensors]) { Outputs = [.. outputs.Select(index => nodes[index].Outputs[0])] };
    }

    void CollectInputs(GraphNode node)
    {
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            var value = Graph.ValueOf(node.Inputs[i]);
            if (!node.Op.ReadsValue(i) || IsInside(value) || inputs.Contains(value) || IsInline(node.Inputs[i])) continue;
            inputs.Add(value);
            inputTensors.Add(node.Inputs[i]);
        }
    }

    bool IsInside(GraphValue value) => makers.TryGetValue(value, out var maker) && (group.Members.Contains(maker) || group.Copies.Contains(maker));

    // Constants of one element become part of the code.
    static bool IsInline(Tensor tensor) => Graph.ValueOf(tensor).Constant is { Size: 1 };

    FusedMapOp LowerMap()
    {
        var shapes = inputs.Select(value => planned(TensorOf(value)).Shape.ToArray()).Concat(outputs.Select(_ => group.Space)).ToList();
        var layout = MapLayout.Of(group.Space, shapes);
        var program = RecordAll([.. inputTensors.Select((tensor, i) => new OperandForm(layout.IsScalar(i), tensor.DType == DType.Bool))]);
        var overwritable = inputs.Select((value, i) => !program.Inputs[i].IsMask && planned(TensorOf(value)).Shape.Dimensions.SequenceEqual(group.Space)).ToArray();
        return new FusedMapOp(Names(), Specs(), new MapLoop(program, layout), overwritable);
    }

    MapProgram RecordAll(OperandForm[] forms)
    {
        var recording = new Recording(lanes);
        var values = new Dictionary<GraphValue, Recorder>();
        for (var i = 0; i < inputs.Count; i++) values.Add(inputs[i], recording.Input(i));
        var results = outputs.Select(index => new ProgramOutput(Record(recording, nodes[index].Outputs[0], values, null).Number, nodes[index].Outputs[0].DType == DType.Bool)).ToArray();
        return new MapProgram(lanes, recording.Instructions, forms, results);
    }

    TensorSpec[] Specs() => [.. outputs.Select(index => planned(nodes[index].Outputs[0]).Spec)];

    FusedProductOp LowerProduct()
    {
        var product = nodes[group.Product!.Node];
        var rank = group.Space.Length - 1;
        MatrixForm[] forms = [.. inputs.Select(value => group.FormOf(planned(TensorOf(value)).Shape.Dimensions, rank)!.Value), .. outputs.Select(_ => MatrixForm.Full)];
        var program = RecordAll([.. inputTensors.Select((tensor, i) => new OperandForm(forms[i] is MatrixForm.Scalar or MatrixForm.PerRow, tensor.DType == DType.Bool, IsFixed: forms[i] is MatrixForm.Scalar or MatrixForm.PerColumn))]);
        var made = inputs.IndexOf(group.Product.Value);
        var place = outputs.FindIndex(index => nodes[index].Outputs[0].DType == product.Outputs[0].DType);
        var spec = planned(product.Outputs[0]).Spec;
        // The product is no input of the operation, but made by it.
        inputs.RemoveAt(made);
        inputTensors.RemoveAt(made);
        return new FusedProductOp($"{product.Op.Name}+{Names()}", Specs(), product.Op, product.Inputs.Length, new Tensor(spec.DType, spec.Shape, null, 0, null), place, new BlockMap(program, forms, group.Space[^1], made), made);
    }

    Tensor[] ProductInputs => group.Product is { } product ? nodes[product.Node].Inputs : [];

    Tensor TensorOf(GraphValue value) => inputTensors[inputs.IndexOf(value)];

    /// <summary>Writes a value and what it depends on into a program.</summary>
    /// <param name="recording">The program.</param>
    /// <param name="tensor">The value.</param>
    /// <param name="known">What is written already.</param>
    /// <param name="read">Gives values that are in memory at this point; null where they are not.</param>
    Recorder Record(Recording recording, Tensor tensor, Dictionary<GraphValue, Recorder> known, Func<Tensor, Recorder?>? read)
    {
        var value = Graph.ValueOf(tensor);
        if (known.TryGetValue(value, out var recorded)) return recorded;
        if (IsInline(tensor)) return known[value] = Inline(recording, value.Constant!);
        if (read?.Invoke(tensor) is { } fromMemory) return known[value] = fromMemory;
        var node = nodes[makers[value]];
        if (node.Op.IsView) return known[value] = Record(recording, node.Inputs[0], known, read);
        var operands = new Recorder[node.Inputs.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            if (node.Op.ReadsValue(i)) operands[i] = Record(recording, node.Inputs[i], known, read);
        }

        return known[value] = recording.Write(() => node.Op.Record(operands, [.. node.Inputs.Select(planned)]));
    }

    static Recorder Inline(Recording recording, Tensor constant) => constant.DType.Code switch
    {
        DTypeCode.Bool => recording.Constant(constant.Elements<byte>()[0] == 0 ? 0L : -1L),
        DTypeCode.Float32 => recording.Constant((long)BitConverter.SingleToInt32Bits(constant.Elements<float>()[0])),
        DTypeCode.Float64 => recording.Constant(BitConverter.DoubleToInt64Bits(constant.Elements<double>()[0])),
        DTypeCode.Int32 => recording.Constant((long)constant.Elements<int>()[0]),
        _ => recording.Constant(constant.Elements<long>()[0]),
    };

    FusedRowsOp LowerRows()
    {
        var lastStage = AssignStages();
        var stages = new List<RowStage>();
        ChooseStored();
        for (var stage = 0; stage <= lastStage; stage++) LowerStage(stage, stages);
        MatrixForm[] forms = [.. inputs.Select(value => FormOf(TensorOf(value))), .. outputs.Select(index => OutputForm(index))];
        var program = new RowProgram((nint)group.Rows, (int)group.Columns, lanes is LaneType.Float32 or LaneType.Int32 ? 4 : 8, forms, [.. stages], storedCount, slotCount);
        return new FusedRowsOp(Names(), Specs(), program);
    }

    MatrixForm FormOf(Tensor tensor)
    {
        var shape = planned(tensor).Shape.Dimensions;
        if (group.IsPerRow(shape, stretches: false) && !IsReadByFull(Graph.ValueOf(tensor))) return shape.IndexOfAnyExcept(1) < 0 ? MatrixForm.Scalar : MatrixForm.PerRow;
        return group.FormOf(shape)!.Value;
    }

    bool IsReadByFull(GraphValue value) => Readers(value).Any(index => IsFull(nodes[index].Outputs[0]) || reductions[index] is not null);

    MatrixForm OutputForm(int index) => IsFull(nodes[index].Outputs[0]) && reductions[index] is null ? MatrixForm.Full : IsColumnReduction(index) ? MatrixForm.PerColumn : MatrixForm.PerRow;

    bool IsFull(Tensor tensor) => !IsReduced(tensor) && planned(tensor).Shape.Dimensions.SequenceEqual(group.Space);

    bool IsReduced(Tensor tensor) => makers.TryGetValue(Graph.ValueOf(tensor), out var maker) && group.Members.Contains(maker) && reductions[maker] is not null;

    bool IsColumnReduction(int index) => reductions[index]?.IsOfRows(group.Space.Length) == false;

    bool IsRowReduction(int index) => reductions[index]?.IsOfRows(group.Space.Length) == true;

    // A value can be computed once the reductions of rows that it depends on are complete.
    int AssignStages()
    {
        var last = 0;
        foreach (var index in group.Computed)
        {
            var stage = 0;
            for (var i = 0; i < nodes[index].Inputs.Length; i++)
            {
                if (!nodes[index].Op.ReadsValue(i) || !stageOf.TryGetValue(Graph.ValueOf(nodes[index].Inputs[i]), out var before)) continue;
                stage = Math.Max(stage, IsReducedRow(nodes[index].Inputs[i]) ? before + 1 : before);
            }

            stageOf[Graph.ValueOf(nodes[index].Outputs[0])] = stage;
            last = Math.Max(last, stage);
        }

        // What is reduced as it stands outside is reduced where it is read last anyway.
        foreach (var index in group.Members)
        {
            if (!IsColumnReduction(index)) continue;
            var source = Graph.ValueOf(nodes[index].Inputs[0]);
            if (!IsInside(source)) stageOf[Graph.ValueOf(nodes[index].Outputs[0])] = Readers(source).Max(reader => stageOf[Graph.ValueOf(nodes[reader].Outputs[0])]);
        }

        return last;
    }

    bool IsReducedRow(Tensor tensor) => makers.TryGetValue(Graph.ValueOf(tensor), out var maker) && group.Members.Contains(maker) && IsRowReduction(maker);

    // What a later stage reads stays in memory if it costs more than a few instructions to compute again; values of one element a row always do.
    void ChooseStored()
    {
        foreach (var index in group.Computed)
        {
            var tensor = nodes[index].Outputs[0];
            var value = Graph.ValueOf(tensor);
            if (IsColumnReduction(index) || nodes[index].Op.IsView) continue;
            if (outputNumbers.TryGetValue(value, out var number))
            {
                stored[value] = new Place(PlaceKind.Operand, inputs.Count + number);
                continue;
            }

            if (!IsFull(tensor) && (reductions[index] is not null || IsReadBeyondKernel(index))) stored[value] = new Place(PlaceKind.RowSlot, slotCount++);
            else if (IsFull(tensor) && IsReadLater(index) && Cost(tensor) > 4) stored[value] = new Place(PlaceKind.Stored, storedCount++);
        }

        // Sources of reductions that are passes of their own are in memory, their own or that of an input.
        foreach (var index in group.Members)
        {
            if (reductions[index] is null || IsFolded(index)) continue;
            var source = Graph.ValueOf(nodes[index].Inputs[0]);
            if (IsInside(source) && !stored.ContainsKey(source)) stored[source] = new Place(PlaceKind.Stored, storedCount++);
        }
    }

    // Whether a reduction is part of the loop that makes its source: its rows have whole groups of lanes and are one block, or its columns fill a vector.
    bool IsFolded(int index)
    {
        if (!folds || reductions[index] is not { Reducer.Form: not null }) return false;
        var bytes = group.Columns * (lanes is LaneType.Float32 or LaneType.Int32 ? 4 : 8);
        return IsRowReduction(index) ? bytes is >= ReduceLoop.LaneBytes and <= ReduceLoop.BlockBytes : bytes >= RestMask.UnitBytes;
    }

    bool IsReadLater(int index)
    {
        var value = Graph.ValueOf(nodes[index].Outputs[0]);
        return Readers(value).Any(reader => stageOf[Graph.ValueOf(nodes[reader].Outputs[0])] > stageOf[value]);
    }

    // One element a row that a kernel for full rows or a later kernel reads, perhaps through views.
    bool IsReadBeyondKernel(int index)
    {
        var value = Graph.ValueOf(nodes[index].Outputs[0]);
        return IsReadLater(index) || Readers(value).Any(reader => IsFull(nodes[reader].Outputs[0]) || (nodes[reader].Op.IsView && (IsReadBeyondKernel(reader) || outputNumbers.ContainsKey(Graph.ValueOf(nodes[reader].Outputs[0])))));
    }

    IEnumerable<int> Readers(GraphValue value) => group.Computed.Where(reader => nodes[reader].Inputs.Any(input => Graph.ValueOf(input) == value));

    int Cost(Tensor tensor)
    {
        var recording = new Recording(lanes);
        var count = 0;
        Record(recording, tensor, [], other => Graph.ValueOf(other) != Graph.ValueOf(tensor) && (!IsInside(Graph.ValueOf(other)) || stored.ContainsKey(Graph.ValueOf(other)) || !IsFull(other)) ? recording.Input(count++) : null);
        return recording.Cost;
    }

    void LowerStage(int stage, List<RowStage> stages)
    {
        var members = group.Computed.Where(index => stageOf[Graph.ValueOf(nodes[index].Outputs[0])] == stage).ToArray();
        var perRow = members.Where(index => reductions[index] is null && !nodes[index].Op.IsView && !IsFull(nodes[index].Outputs[0]) && stored.ContainsKey(Graph.ValueOf(nodes[index].Outputs[0]))).Select(index => nodes[index].Outputs[0]).ToArray();
        if (perRow.Length > 0) stages.Add(LowerKernel(stage, perRow, isPerRow: true));
        foreach (var index in members)
        {
            // A view that is a result is a copy of what it looks at.
            if (nodes[index].Op.IsView && outputNumbers.ContainsKey(Graph.ValueOf(nodes[index].Outputs[0]))) stages.Add(LowerKernel(stage, [nodes[index].Outputs[0]], isPerRow: true));
        }

        var full = members.Where(index => reductions[index] is null && IsFull(nodes[index].Outputs[0]) && stored.ContainsKey(Graph.ValueOf(nodes[index].Outputs[0]))).Select(index => nodes[index].Outputs[0]).ToArray();
        var folded = members.Where(IsFolded).ToArray();
        if (full.Length + folded.Length > 0) stages.Add(LowerKernel(stage, full, isPerRow: false, folded));
        foreach (var index in members)
        {
            if (reductions[index] is not { } reduction || IsFolded(index)) continue;
            var source = PlaceOf(nodes[index].Inputs[0])!.Value;
            var value = Graph.ValueOf(nodes[index].Outputs[0]);
            stages.Add(IsColumnReduction(index) ? new ColumnReduction(reduction.Reducer, source, inputs.Count + outputNumbers[value]) : new RowReduction(reduction.Reducer, source, stored[value]));
        }
    }

    Place? PlaceOf(Tensor tensor)
    {
        var value = Graph.ValueOf(tensor);
        if (stored.TryGetValue(value, out var place)) return place;
        return IsInside(value) ? null : new Place(PlaceKind.Operand, inputs.IndexOf(value));
    }

    MapStage LowerKernel(int stage, Tensor[] targets, bool isPerRow, params int[] folded)
    {
        var recording = new Recording(lanes);
        var places = new List<Place>();
        var forms = new List<OperandForm>();
        var made = targets.Select(Graph.ValueOf).ToHashSet();
        var known = new Dictionary<GraphValue, Recorder>();
        var results = targets.Select(target => new ProgramOutput(Record(recording, target, known, Read).Number, target.DType == DType.Bool)).ToArray();
        var sums = folded.Select(Fold).ToArray();
        if (places.Count + targets.Length + folded.Length > MapKernel.MostOperands) isTooLarge = true;
        if (sums.Any(fold => fold.OfRows) && recording.Instructions.Count > FoldEmitter.MostInstructions) isTooLargeToFold = true;
        places.AddRange(targets.Select(target => stored.TryGetValue(Graph.ValueOf(target), out var place) ? place : new Place(PlaceKind.Operand, inputs.Count + outputNumbers[Graph.ValueOf(target)])));
        if (isTooLarge || isTooLargeToFold) return new MapStage(null!, [], isPerRow);
        return new MapStage(MapKernel.Of(new MapProgram(lanes, recording.Instructions, forms, results, sums)), [.. places], isPerRow, [.. folded.Select(Target)]);

        ProgramFold Fold(int index)
        {
            var (reducer, form) = (reductions[index]!.Value.Reducer, reductions[index]!.Value.Reducer.Form!.Value);
            var source = Record(recording, nodes[index].Inputs[0], known, Read);
            return new ProgramFold(recording.Write(() => reducer.Map(source)).Number, form.Combine, form.Identity, IsRowReduction(index));
        }

        FoldTarget Target(int index)
        {
            var value = Graph.ValueOf(nodes[index].Outputs[0]);
            return new FoldTarget(reductions[index]!.Value.Reducer, IsRowReduction(index), IsRowReduction(index) ? stored[value] : new Place(PlaceKind.Operand, inputs.Count + outputNumbers[value]));
        }

        Recorder? Read(Tensor tensor)
        {
            var value = Graph.ValueOf(tensor);
            if (made.Contains(value)) return null;
            if (IsInside(value) && !IsReduced(tensor) && (!stored.ContainsKey(value) || (stageOf[value] == stage && IsFull(tensor) != isPerRow))) return null;
            if (PlaceOf(tensor) is not { } place) return null;
            var isScalar = IsInside(value) ? !IsFull(tensor) && !isPerRow : FormOf(tensor) switch
            {
                MatrixForm.Scalar => true,
                MatrixForm.PerRow => !isPerRow,
                _ => false,
            };
            places.Add(place);
            forms.Add(new OperandForm(isScalar, tensor.DType == DType.Bool, IsFixed: !isPerRow && !IsInside(value) && FormOf(tensor) == MatrixForm.PerColumn));
            return recording.Input(places.Count - 1);
        }
    }

    string Names() => string.Join("+", group.Members.Where(index => !nodes[index].Op.IsView).Select(index => nodes[index].Op.Name));
}
