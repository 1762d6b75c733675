using Tapestry.Kernels.Codegen;

namespace Tapestry.Kernels.Recurrent;

/// <summary>What the programs of recurrent cells are made of.</summary>
static class RecurrentPrograms
{
    /// <summary>A program of whole operands.</summary>
    internal static MapProgram Program(Recording recording, int inputs, params Recorder[] outputs) => new(
        recording.Type,
        recording.Instructions,
        [.. Enumerable.Repeat(new OperandForm(IsScalar: false, IsMask: false), inputs)],
        [.. outputs.Select(output => new ProgramOutput(output.Number, IsMask: false))]);

    internal static Recorder Sigmoid(Recorder x) => Function<Recorder>.Sigmoid(x);

    internal static Recorder Tanh(Recorder x) => Function<Recorder>.Tanh(x);

    // Members with a body of their own are reached through a type parameter only.
    static class Function<V>
        where V : struct, Simd.IVec<V>
    {
        internal static V Sigmoid(V x) => V.Sigmoid(x);

        internal static V Tanh(V x) => V.Tanh(x);
    }
}
