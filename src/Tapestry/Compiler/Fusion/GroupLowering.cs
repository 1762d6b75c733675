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
        return isTooLarge || isTooLargeToFold ? null : new GraphNode(op, [.. ProductInputs, .. inputTensors]) { Outputs = OutputTensors() };
    }

    Tensor[] OutputTensors()
    {
        var tensors = new Tensor[outputs.Count];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = nodes[outputs[i]].Outputs[0];
        return tensors;
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
        var shapes = new List<int[]>();
        foreach (var tensor in inputTensors) shapes.Add(planned(tensor).Shape.ToArray());
        while (shapes.Count < inputs.Count + outputs.Count) shapes.Add(group.Space);
        var layout = MapLayout.Of(group.Space, shapes);
        var program = RecordAll([.. inputTensors.Select((tensor, i) => new OperandForm(layout.IsScalar(i), tensor.DType == DType.Bool))]);
        var overwritable = new bool[inputs.Count];
        for (var i = 0; i < overwritable.Length; i++) overwritable[i] = !program.Inputs[i].IsMask && planned(inputTensors[i]).Shape.Dimensions.SequenceEqual(group.Space);
        return new FusedMapOp(Names(), Specs(), new MapLoop(program, layout), overwritable);
    }

    MapProgram RecordAll(OperandForm[] forms)
    {
        var recording = new Recording(lanes);
        var values = new Dictionary<GraphValue, int>();
        for (var i = 0; i < inputs.Count; i++) values.Add(inputs[i], recording.Input(i).Number);
        var results = new List<ProgramOutput>();
        foreach (var output in OutputTensors()) results.Add(new ProgramOutput(Record(recording, output, values, null).Number, output.DType == DType.Bool));
        return new MapProgram(lanes, recording.Instructions, forms, results);
    }

    TensorSpec[] Specs()
    {
        var specs = new TensorSpec[outputs.Count];
        for (var i = 0; i < specs.Length; i++) specs[i] = planned(nodes[outputs[i]].Outputs[0]).Spec;
        return specs;
    }

    FusedProductOp LowerProduct()
    {
        var product = nodes[group.Product!.Node];
        var rank = group.Space.Length - 1;
        var forms = new MatrixForm[inputs.Count + outputs.Count];
        for (var i = 0; i < forms.Length; i++) forms[i] = i < inputs.Count ? group.FormOf(planned(inputTensors[i]).Shape.Dimensions, rank)!.Value : MatrixForm.Full;
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
    Recorder Record(Recording recording, Tensor tensor, Dictionary<GraphValue, int> known, Func<Tensor, Recorder?>? read)
    {
        var value = Graph.ValueOf(tensor);
        if (known.TryGetValue(value, out var number)) return new Recorder(number);
        var recorded = IsInline(tensor) ? Inline(recording, value.Constant!) : read?.Invoke(tensor) is { } fromMemory ? fromMemory : Compute(recording, nodes[makers[value]], known, read);
        known[value] = recorded.Number;
        return recorded;
    }

    Recorder Compute(Recording recording, GraphNode node, Dictionary<GraphValue, int> known, Func<Tensor, Recorder?>? read)
    {
        if (node.Op.IsView) return Record(recording, node.Inputs[0], known, read);
        var operands = new Recorder[node.Inputs.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            if (node.Op.ReadsValue(i)) operands[i] = Record(recording, node.Inputs[i], known, read);
        }

        return recording.Write(() => node.Op.Record(operands, Array.ConvertAll(node.Inputs, tensor => planned(tensor))));
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
        var forms = new MatrixForm[inputs.Count + outputs.Count];
        for (var i = 0; i < forms.Length; i++) forms[i] = i < inputs.Count ? FormOf(inputTensors[i]) : OutputForm(outputs[i - inputs.Count]);
        var program = new RowProgram((nint)group.Rows, (int)group.Columns, lanes is LaneType.Float32 or LaneType.Int32 ? 4 : 8, forms, [.. stages], storedCount, slotCount);
        return new FusedRowsOp(Names(), Specs(), program);
    }

    MatrixForm FormOf(Tensor tensor)
    {
        var shape = planned(tensor).Shape.Dimensions;
        if (group.IsPerRow(shape, stretches: false) && !IsReadByFull(Graph.ValueOf(tensor))) return shape.IndexOfAnyExcept(1) < 0 ? MatrixForm.Scalar : MatrixForm.PerRow;
        return group.FormOf(shape)!.Value;
    }

    bool IsReadByFull(GraphValue value) => Readers(value).Exists(index => IsFull(nodes[index].Outputs[0]) || reductions[index] is not null);

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
            if (IsInside(source)) continue;
            var reduced = 0;
            foreach (var reader in Readers(source)) reduced = Math.Max(reduced, StageOf(reader));
            stageOf[Graph.ValueOf(nodes[index].Outputs[0])] = reduced;
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
        return Readers(value).Exists(reader => StageOf(reader) > stageOf[value]);
    }

    int StageOf(int index) => stageOf[Graph.ValueOf(nodes[index].Outputs[0])];

    // One element a row that a kernel for full rows or a later kernel reads, perhaps through views.
    bool IsReadBeyondKernel(int index)
    {
        var value = Graph.ValueOf(nodes[index].Outputs[0]);
        return IsReadLater(index) || Readers(value).Exists(reader => IsFull(nodes[reader].Outputs[0]) || (nodes[reader].Op.IsView && (IsReadBeyondKernel(reader) || outputNumbers.ContainsKey(Graph.ValueOf(nodes[reader].Outputs[0])))));
    }

    List<int> Readers(GraphValue value) => group.Computed.Where(reader => Array.Exists(nodes[reader].Inputs, input => Graph.ValueOf(input) == value));

    int Cost(Tensor tensor)
    {
        var recording = new Recording(lanes);
        var count = 0;
        Record(recording, tensor, [], other => Graph.ValueOf(other) != Graph.ValueOf(tensor) && (!IsInside(Graph.ValueOf(other)) || stored.ContainsKey(Graph.ValueOf(other)) || !IsFull(other)) ? recording.Input(count++) : null);
        return recording.Cost;
    }

    void LowerStage(int stage, List<RowStage> stages)
    {
        var members = group.Computed.Where(index => StageOf(index) == stage);
        var (perRow, full, folded) = (new List<Tensor>(), new List<Tensor>(), new List<int>());
        foreach (var index in members)
        {
            var output = nodes[index].Outputs[0];
            if (IsFolded(index)) folded.Add(index);
            if (reductions[index] is not null || !stored.ContainsKey(Graph.ValueOf(output))) continue;
            if (IsFull(output)) full.Add(output);
            else if (!nodes[index].Op.IsView) perRow.Add(output);
        }

        if (perRow.Count > 0) stages.Add(LowerKernel(stage, perRow, isPerRow: true, []));
        foreach (var index in members)
        {
            // A view that is a result is a copy of what it looks at.
            if (nodes[index].Op.IsView && outputNumbers.ContainsKey(Graph.ValueOf(nodes[index].Outputs[0]))) stages.Add(LowerKernel(stage, [nodes[index].Outputs[0]], isPerRow: true, []));
        }

        if (full.Count + folded.Count > 0) stages.Add(LowerKernel(stage, full, isPerRow: false, folded));
        foreach (var index in members)
        {
            if (reductions[index] is not { } reduction || IsFolded(index)) continue;
            var source = PlaceOf(nodes[index].Inputs[0])!;
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

    MapStage LowerKernel(int stage, List<Tensor> targets, bool isPerRow, List<int> folded)
    {
        var recording = new Recording(lanes);
        var places = new List<Place>();
        var forms = new List<OperandForm>();
        var made = targets.Select(Graph.ValueOf).ToHashSet();
        var known = new Dictionary<GraphValue, int>();
        var (results, sums) = (new List<ProgramOutput>(), new List<ProgramFold>());
        foreach (var target in targets) results.Add(new ProgramOutput(Record(recording, target, known, Read).Number, target.DType == DType.Bool));
        foreach (var index in folded) sums.Add(Fold(index));
        if (places.Count + targets.Count + folded.Count > MapKernel.MostOperands) isTooLarge = true;
        if (sums.Exists(fold => fold.OfRows) && recording.Instructions.Count > FoldEmitter.MostInstructions) isTooLargeToFold = true;
        foreach (var target in targets) places.Add(stored.TryGetValue(Graph.ValueOf(target), out var place) ? place : new Place(PlaceKind.Operand, inputs.Count + outputNumbers[Graph.ValueOf(target)]));
        if (isTooLarge || isTooLargeToFold) return new MapStage(null!, [], isPerRow);
        var destinations = new List<FoldTarget>();
        foreach (var index in folded) destinations.Add(Target(index));
        return new MapStage(MapKernel.Of(new MapProgram(lanes, recording.Instructions, forms, results, sums)), [.. places], isPerRow, [.. destinations]);

        ProgramFold Fold(int index)
        {
            var (reducer, form) = (reductions[index]!.Reducer, reductions[index]!.Reducer.Form!);
            var source = Record(recording, nodes[index].Inputs[0], known, Read);
            return new ProgramFold(recording.Write(() => reducer.Map(source)).Number, form.Combine, form.Identity, IsRowReduction(index));
        }

        FoldTarget Target(int index)
        {
            var value = Graph.ValueOf(nodes[index].Outputs[0]);
            return new FoldTarget(reductions[index]!.Reducer, IsRowReduction(index), IsRowReduction(index) ? stored[value] : new Place(PlaceKind.Operand, inputs.Count + outputNumbers[value]));
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

    string Names()
    {
        var names = new List<string>();
        foreach (var index in group.Members)
        {
            if (!nodes[index].Op.IsView) names.Add(nodes[index].Op.Name);
        }

        return string.Join('+', names);
    }
}
