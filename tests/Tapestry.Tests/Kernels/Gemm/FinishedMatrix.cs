using Tapestry.Kernels.Codegen;

namespace Tapestry.Tests.Kernels.Gemm;

/// <summary>A product with (x + bias[column]) · scale[row] + residual done to its blocks in place: what is done twice, or not at all, shows.</summary>
sealed unsafe class FinishedMatrix
{
    readonly int rows, columns;
    readonly float[] bias, scale, residual;
    readonly BlockMap map;

    internal FinishedMatrix(int rows, int columns)
    {
        (this.rows, this.columns) = (rows, columns);
        (bias, scale, residual) = (GemmTests.Values(columns, 21), GemmTests.Values(rows, 22), GemmTests.Values(rows * columns, 23));
        var recording = new Recording(LaneType.Float32);
        var result = recording.Write(() => (recording.Input(1) + recording.Input(0)) * recording.Input(2) + recording.Input(3));
        OperandForm[] inputs = [new(false, false, IsFixed: true), new(false, false), new(true, false), new(false, false)];
        var program = new MapProgram(LaneType.Float32, recording.Instructions, inputs, [new ProgramOutput(result.Number, false)]);
        map = new BlockMap(program, [MatrixForm.PerColumn, MatrixForm.Full, MatrixForm.PerRow, MatrixForm.Full, MatrixForm.Full], columns, made: 1);
    }

    /// <summary>Makes a product plainly and with the finish, and compares.</summary>
    /// <param name="multiply">Writes the product and calls the finish.</param>
    /// <param name="what">The product in messages.</param>
    internal void Check(Multiply multiply, string what)
    {
        var plain = new float[rows * columns];
        var finished = new GuardedBuffer<float>(rows * columns, 1);
        multiply(plain, default);
        fixed (float* b = bias, s = scale, r = residual, x = finished.Span)
        {
            var operands = stackalloc byte*[] { (byte*)b, (byte*)x, (byte*)s, (byte*)r, (byte*)x };
            multiply(finished.Span, new BlockFinish(map, operands));
        }

        finished.AssertGuardsUntouched();
        for (int i = 0; i < plain.Length; i++)
        {
            float expected = (bias[i % columns] + plain[i]) * scale[i / columns] + residual[i], actual = finished.Span[i];
            Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual), $"{what} at [{i / columns}, {i % columns}]: {actual} instead of {expected}");
        }
    }

    internal delegate void Multiply(Span<float> result, BlockFinish finish);
}
