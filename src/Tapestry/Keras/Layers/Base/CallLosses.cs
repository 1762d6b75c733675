namespace Tapestry.Keras;

/// <summary>What the last outermost call of a layer added to the loss.</summary>
sealed class CallLosses
{
    readonly List<Tensor> added = [];
    readonly List<CallLosses> holders = [];
    CallContext? addedIn;

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
        var root = CallContext.Current?.Root;
        layer.CallLosses.Add(loss, root);
        if (root is null) return;
        var holders = root.Layer.CallLosses.holders;
        lock (holders) holders.Add(layer.CallLosses);
    }

    void Add(Tensor loss, CallContext? call)
    {
        lock (added)
        {
            // What another outermost call left is over.
            if (!ReferenceEquals(call, addedIn)) added.Clear();
            addedIn = call;
            added.Add(loss);
        }
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
