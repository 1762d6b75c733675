using Tapestry.Kernels.Codegen;
using static Tapestry.Kernels.Recurrent.RecurrentPrograms;

namespace Tapestry.Kernels.Recurrent;

/// <summary>What happens to one unit in one step of a long short-term memory, as programs.</summary>
static class LstmPrograms
{
    /// <summary>(i, f, g, o before their functions, c) → (i, f, g, o, c′, h′).</summary>
    internal static MapProgram Cell(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder input = Sigmoid(recording.Input(0)), forget = Sigmoid(recording.Input(1)), value = Tanh(recording.Input(2)), output = Sigmoid(recording.Input(3));
            var state = (forget * recording.Input(4)) + (input * value);
            return Program(recording, 5, input, forget, value, output, state, output * Tanh(state));
        });
    }

    /// <summary>(i, f, g, o, c′, c, two gradients of h′, two of c′) → (gradients of what the gates were before their functions, of c).</summary>
    internal static MapProgram CellGradient(LaneType lanes)
    {
        var recording = new Recording(lanes);
        return recording.Write(() =>
        {
            Recorder input = recording.Input(0), forget = recording.Input(1), value = recording.Input(2), output = recording.Input(3), one = Recorder.Create(1L);
            var bent = Tanh(recording.Input(4));
            var ofOutput = recording.Input(6) + recording.Input(7);
            var ofState = recording.Input(8) + recording.Input(9) + (ofOutput * output * (one - (bent * bent)));
            return Program(
                recording,
                10,
                ofState * value * input * (one - input),
                ofState * recording.Input(5) * forget * (one - forget),
                ofState * input * (one - (value * value)),
                ofOutput * bent * output * (one - output),
                ofState * forget);
        });
    }
}
