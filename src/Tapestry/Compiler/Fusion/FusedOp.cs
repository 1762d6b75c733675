using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>Several operations as one, for the shapes of one plan.</summary>
/// <param name="Members">The names of the operations, joined by plus signs.</param>
/// <param name="Specs">Shapes and dtypes of the results.</param>
abstract unsafe record FusedOp(string Members, TensorSpec[] Specs) : Op
{
    public override string Name => $"Fused[{Members}]";

    public override int OutputCount => Specs.Length;

    /// <summary>The loop nest as text, for descriptions.</summary>
    internal abstract string Explain();

    public override void Infer(ref InferContext context)
    {
        for (var i = 0; i < Specs.Length; i++) context.Return(i, Specs[i].Shape, Specs[i].DType);
    }

    public override void Run(in KernelContext context)
    {
        var places = stackalloc byte*[context.InputCount + context.OutputCount];
        Pin(context, places, 0, 0);
    }

    /// <summary>Runs on operands that stay where they are.</summary>
    protected abstract void Run(in KernelContext context, byte** places);

    /// <summary>Holds the operands from one on in place, notes where they are, and runs.</summary>
    // One frame for each operand: there is no other way to hold any number of arrays in place without allocating.
    protected void Pin(in KernelContext context, byte** places, int operand, int first)
    {
        if (operand == context.InputCount + context.OutputCount)
        {
            Run(context, places);
            return;
        }

        var tensor = operand < context.InputCount ? context.InputTensor(operand) : context.OutputTensor(operand - context.InputCount);
        fixed (byte* place = tensor.Bytes)
        {
            places[operand - first] = place;
            Pin(context, places, operand + 1, first);
        }
    }
}

/// <summary>A fused group without reductions.</summary>
sealed unsafe record FusedMapOp(string Members, TensorSpec[] Specs, MapLoop Loop, bool[] Overwritable) : FusedOp(Members, Specs)
{
    public override bool CanOverwrite(int input) => Overwritable[input];

    internal override string Explain() => $"map {Loop.Program.Text}";

    protected override void Run(in KernelContext context, byte** places) => Loop.Run(places);
}

/// <summary>A fused group with reductions.</summary>
sealed unsafe record FusedRowsOp(string Members, TensorSpec[] Specs, RowProgram Program) : FusedOp(Members, Specs)
{
    internal override string Explain() => string.Join("\n    ", Program.Stages.Select(stage => stage switch
    {
        MapStage map => $"{(map.IsPerRow ? "per row" : "rows")} {string.Join(' ', map.Operands.Select(Print))}: {map.Kernel.Program.Text}{string.Concat(map.Folds.Select(fold => $" -> {Print(fold.Destination)}"))}",
        RowReduction reduction => $"reduce rows {Print(reduction.Source)} -> {Print(reduction.Destination)}",
        ColumnReduction reduction => $"reduce columns {Print(reduction.Source)} -> operand {reduction.Operand}",
        _ => stage.ToString(),
    }));

    protected override void Run(in KernelContext context, byte** places) => Program.Run(places);

    static string Print(Place place) => $"{place.Kind.ToString().ToLowerInvariant()} {place.Number}";
}
