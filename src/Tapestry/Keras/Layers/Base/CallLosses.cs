namespace Tapestry.Keras;

/// <summary>What the last outermost call of a layer added to the loss.</summary>
sealed class CallLosses
{
    readonly List<Tensor> added = [];
    readonly List<CallLosses> holders = [];

    /// <summary>The losses of a layer and of those inside it: those of the last call, and the penalties on weights.</summary>
    internal static IReadOnlyList<Tensor> Of(Layer layer)
    {
        Layer[] layers = [layer, .. layer.Submodules.OfType<Layer>()];
        return [.. layers.SelectMany(each => each.CallLosses.added), .. layers.SelectMany(each => each.OwnWeights.Penalties)];
    }

    /// <summary>Adds a loss for the call that is running.</summary>
    internal static void Add(Layer layer, Tensor loss)
    {
        // Where only shapes are computed there is nothing to lose.
        if (Scopes.Current.Interpreter is ShapeInterpreter) return;
        lock (layer.CallLosses.added) layer.CallLosses.added.Add(loss);
        if (CallContext.Current is not { } call) return;
        var root = call.Root.Layer.CallLosses;
        lock (root.holders) root.holders.Add(layer.CallLosses);
    }

    /// <summary>Forgets the losses of the previous call, at the start of an outermost one.</summary>
    internal void Clear()
    {
        if (holders.Count == 0) return;
        lock (holders)
        {
            foreach (var holder in holders)
            {
                lock (holder.added) holder.added.Clear();
            }

            holders.Clear();
        }
    }
}
