using Tapestry.Kernels.Codegen;
using static Tapestry.Kernels.Recurrent.RecurrentPrograms;

namespace Tapestry.Kernels.Recurrent;

/// <summary>What happens to one unit in one step of a gated recurrent unit, as programs. The order of gates is z, r, n: update, reset, new value.</summary>
static class GruPrograms
{
    /// <summary>Reset after the product: (three from the entry, three from the product, three of the bias, h) → (z, r, n, what r multiplies, h′).</summary>
    internal static MapProgram Cell(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder update = Sigmoid(recording.Input(0) + (recording.Input(3) + recording.Input(6))), reset = Sigmoid(recording.Input(1) + (recording.Input(4) + recording.Input(7)));
            var inner = recording.Input(5) + recording.Input(8);
            var value = Tanh(recording.Input(2) + (reset * inner));
            return Program(recording, 10, update, reset, value, inner, Mixed(update, recording.Input(9), value));
        });
    }

    /// <summary>
    /// Reset after the product: (z, r, n, what r multiplied, h, two gradients of h′) → (gradients of z, r, n before their functions, of what r multiplied, of h but for the product).
    /// Those of z and r are given twice.
    /// </summary>
    internal static MapProgram CellGradient(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder update = recording.Input(0), reset = recording.Input(1), value = recording.Input(2), one = Recorder.Create(1L);
            var ofOutput = recording.Input(5) + recording.Input(6);
            var ofUpdate = OfUpdate(ofOutput, update, recording.Input(4), value);
            var ofValue = OfValue(ofOutput, update, value);
            var ofReset = ofValue * recording.Input(3) * reset * (one - reset);
            return Program(recording, 7, ofUpdate, ofReset, ofValue, ofUpdate, ofReset, ofValue * reset, ofOutput * update);
        });
    }

    /// <summary>Reset before the product: (two from the entry, two from the product, h) → (z, r, r·h).</summary>
    internal static MapProgram Resets(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder update = Sigmoid(recording.Input(0) + recording.Input(2)), reset = Sigmoid(recording.Input(1) + recording.Input(3));
            return Program(recording, 5, update, reset, reset * recording.Input(4));
        });
    }

    /// <summary>Reset before the product: (n from the entry, n from the product, z, h) → (n, h′).</summary>
    internal static MapProgram Values(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            var value = Tanh(recording.Input(0) + recording.Input(1));
            return Program(recording, 4, value, Mixed(recording.Input(2), recording.Input(3), value));
        });
    }

    /// <summary>Reset before the product: (z, n, h, two gradients of h′) → (gradients of z and n before their functions, of h but for the products).</summary>
    internal static MapProgram ValuesGradient(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder update = recording.Input(0), value = recording.Input(1);
            var ofOutput = recording.Input(3) + recording.Input(4);
            return Program(recording, 5, OfUpdate(ofOutput, update, recording.Input(2), value), OfValue(ofOutput, update, value), ofOutput * update);
        });
    }

    /// <summary>Reset before the product: (gradient of r·h, r, h, gradient of h so far) → (gradient of r before its function, r·h, gradient of h but for the product with z and r).</summary>
    internal static MapProgram ResetsGradient(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder ofProduct = recording.Input(0), reset = recording.Input(1), h = recording.Input(2), one = Recorder.Create(1L);
            return Program(recording, 4, ofProduct * h * reset * (one - reset), reset * h, recording.Input(3) + (ofProduct * reset));
        });
    }

    static Recorder Mixed(Recorder update, Recorder h, Recorder value) => (update * h) + ((Recorder.Create(1L) - update) * value);

    static Recorder OfUpdate(Recorder ofOutput, Recorder update, Recorder h, Recorder value) => ofOutput * (h - value) * update * (Recorder.Create(1L) - update);

    static Recorder OfValue(Recorder ofOutput, Recorder update, Recorder value) => ofOutput * (Recorder.Create(1L) - update) * (Recorder.Create(1L) - (value * value));
}
