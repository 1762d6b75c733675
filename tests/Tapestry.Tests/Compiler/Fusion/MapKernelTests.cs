using Tapestry.Kernels.Codegen;
using Tapestry.Tests.Kernels;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Fused loops stay within their operands, whatever the length of a row, compiled and as tiles.</summary>
[Collection(nameof(Tapestry.Tests.Kernels.Threading.ThreadCountCollection))]
public sealed class MapKernelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void TouchesNothingButItsOperands(bool compiles)
    {
        MapKernel.Compiles = compiles;
        try
        {
            var kernel = MapKernel.Of(Program());
            foreach (var columns in (int[])[1, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 257])
            {
                foreach (var (rows, overlaps) in ((int, bool)[])[(1, true), (3, false), (9, true), (19, false)])
                {
                    GuardedBuffer<float> x = new(rows * columns, 1), scale = new(rows, 3), y = new(rows * columns, 2);
                    GuardedBuffer<byte> mask = new(rows * columns, 1), positive = new(rows * columns, 3);
                    for (var i = 0; i < x.Length; i++) (x.Span[i], mask.Span[i]) = (i % 13 - 6, (byte)(i % 3 == 0 ? 1 : 0));
                    for (var i = 0; i < rows; i++) scale.Span[i] = i + 1;
                    fixed (float* px = x.Span, ps = scale.Span, py = y.Span)
                    fixed (byte* pm = mask.Span, pp = positive.Span)
                        Run(kernel, (byte*)px, (byte*)ps, pm, (byte*)py, pp, rows, columns, overlaps);

                    for (var i = 0; i < x.Length; i++)
                    {
                        var expected = i % 3 == 0 ? (i % 13 - 6) * (i / columns + 1f) : 0;
                        Assert.Equal(expected, y.Span[i]);
                        Assert.Equal(expected > 0 ? 1 : 0, positive.Span[i]);
                    }

                    foreach (var buffer in (GuardedBuffer<float>[])[x, scale, y]) buffer.AssertGuardsUntouched();
                    mask.AssertGuardsUntouched();
                    positive.AssertGuardsUntouched();
                }
            }
        }
        finally
        {
            MapKernel.Compiles = true;
        }
    }

    static unsafe void Run(MapKernel kernel, byte* x, byte* scale, byte* mask, byte* y, byte* positive, int rows, int columns, bool overlaps)
    {
        byte** operands = stackalloc byte*[] { x, scale, mask, y, positive };
        nint* strides = stackalloc nint[] { columns * 4, 4, columns, columns * 4, columns };
        kernel.Invoke(operands, strides, rows, columns, overlaps);
    }

    // (x, scale of the row, mask) → (mask ? x · scale : 0, whether that is positive).
    static MapProgram Program()
    {
        var recording = new Recording(LaneType.Float32);
        var (value, positive) = recording.Write(() =>
        {
            var chosen = Recorder.Select(recording.Input(2), recording.Input(0) * recording.Input(1), Recorder.Create(0L));
            return (chosen, Recorder.LessThan(Recorder.Create(0L), chosen));
        });
        return new MapProgram(LaneType.Float32, recording.Instructions, [new(false, false), new(true, false), new(false, true)], [new(value.Number, false), new(positive.Number, true)]);
    }
}
