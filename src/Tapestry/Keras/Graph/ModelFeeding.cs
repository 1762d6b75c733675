namespace Tapestry.Keras;

/// <summary>Brings what a functional model is called with into the order, dtype and rank of its inputs.</summary>
static class ModelFeeding
{
    /// <summary>One tensor for each input.</summary>
    internal static Tensor?[] Arrange(FunctionalGraph graph, Nest given)
    {
        var leaves = Order(graph, given);
        if (leaves.Count != graph.Inputs.Count)
        {
            throw new TapestryException(
                graph.Model,
                "the number of inputs differs",
                $"{leaves.Count} tensors: {given}",
                $"{graph.Inputs.Count}: {string.Join(", ", graph.InputNames)}",
                "Give one tensor for each input, in this order or by these names.");
        }

        var arranged = new Tensor?[leaves.Count];
        for (var i = 0; i < arranged.Length; i++) arranged[i] = Fit(graph, i, leaves[i]);
        return arranged;
    }

    static List<object?> Order(FunctionalGraph graph, Nest given)
    {
        if (given.Kind != NestKind.Dictionary || graph.InputStructure.Kind == NestKind.Dictionary)
        {
            if (graph.InputStructure.Kind == NestKind.Dictionary && given.Kind == NestKind.Dictionary && graph.InputStructure.Keys.Except(given.Keys).ToArray() is { Length: > 0 } absent) throw Missing(graph, given, absent, graph.InputStructure.Keys);
            return graph.InputStructure.Kind == NestKind.Dictionary && given.Kind == NestKind.Dictionary
                ? [.. graph.InputStructure.Keys.SelectMany(key => given[key].FlattenLeaves())]
                : given.FlattenLeaves();
        }

        if (graph.InputNames.Except(given.Keys).ToArray() is { Length: > 0 } missing) throw Missing(graph, given, missing, graph.InputNames);
        return [.. graph.InputNames.Select(name => given[name].Leaf)];
    }

    static TapestryException Missing(FunctionalGraph graph, Nest given, string[] missing, IEnumerable<string> expected) => new(
        graph.Model,
        $"no data for the input{(missing.Length == 1 ? "" : "s")} {string.Join(", ", missing.Select(name => $"\"{name}\""))}",
        $"the names {string.Join(", ", given.Keys.Select(name => $"\"{name}\""))}",
        string.Join(", ", expected.Select(name => $"\"{name}\"")),
        "Feed every input under the name it was created with.");

    /// <summary>One of the inputs in the dtype and rank that the model expects.</summary>
    internal static Tensor? Fit(FunctionalGraph graph, int index, object? leaf)
    {
        var (input, name) = (graph.Inputs[index], graph.InputNames[index]);
        if (leaf is null)
        {
            return CallNode.SourceOf(input)!.Node.Layer is Layers.InputLayer { Optional: true }
                ? null
                : throw new TapestryException(graph.Model, $"the input \"{name}\" is null", expected: input.Spec.ToString(), remedy: "Only an InputLayer with optional: true accepts null.");
        }

        var given = (Tensor)leaf;
        if (given.DType == DType.String != (input.DType == DType.String))
        {
            throw new TapestryException(graph.Model, $"the dtype of the input \"{name}\" does not fit", given.Spec.ToString(), input.DType.Name, "Turn texts into numbers before they reach the model, or create the Input with the dtype of the data.");
        }

        var x = Ops.Cast(given, input.DType);
        var (rank, expected) = (x.Rank, input.Shape);
        if (rank == expected.Rank + 1 && x.Shape[^1] == 1) x = Ops.Reshape(x, x.Shape[..^1]);
        else if (rank == expected.Rank - 1 && expected[^1] == 1) x = Ops.Reshape(x, new Shape([.. x.Shape.Dimensions, 1]));
        else if (rank != expected.Rank) throw Refused(graph, name, given, expected);
        for (var axis = 1; axis < expected.Rank; axis++)
        {
            if (x.Shape[axis] != expected[axis] && x.Shape[axis] != Shape.Unknown && expected[axis] != Shape.Unknown) throw Refused(graph, name, given, expected);
        }

        if (given.Mask is { } mask && !ReferenceEquals(x, given)) x.Mask = mask;
        return x;
    }

    static TapestryException Refused(FunctionalGraph graph, string name, Tensor given, Shape expected) =>
        new(graph.Model, $"the shape of the input \"{name}\" does not fit", given.Spec.ToString(), $"the shape {expected}", "Give the data that shape, or create the Input with the shape of the data.");
}
