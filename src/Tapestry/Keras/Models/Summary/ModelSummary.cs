using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tapestry.Keras;

/// <summary>The table of a model's layers, with their output shapes and numbers of weights, as Keras prints it.</summary>
sealed class ModelSummary
{
    readonly Model model;
    readonly SummaryOptions options;
    readonly IReadOnlyList<Layer> layers;
    readonly HashSet<CallNode> nodes;
    readonly bool isChain;

    ModelSummary(Model model, SummaryOptions options)
    {
        this.model = model;
        this.options = options;
        var graph = model.IsFunctional ? model.Graph : null;
        layers = graph?.Layers ?? model.Layers;
        nodes = graph is null ? [] : [.. graph.NodesByDepth.SelectMany(level => level)];
        // A graph that branches, or calls a layer twice, shows what each layer is connected to.
        isChain = graph is null || (graph.NodesByDepth.All(level => level.Count == 1 && level[0].Parents.Count <= 1) && layers.All(layer => layer.Nodes.Count(nodes.Contains) <= 1));
    }

    /// <summary>The text.</summary>
    internal static string Of(Model model, SummaryOptions options) => new ModelSummary(model, options).Draw();

    string Draw()
    {
        var columns = Columns(out var lineLength);
        var table = new SummaryTable(columns, lineLength, options.TerminalWidth);
        foreach (var layer in Range()) Add(table, layer, 0);
        var text = new StringBuilder($"Model: \"{model.Name}\"\n").Append(table.Finish());
        var (trainable, frozen, optimizer) = (model.TrainableWeights, model.NonTrainableWeights, model.OptimizerVariables);
        Line(text, "Total", [.. trainable, .. frozen, .. optimizer ?? []]);
        Line(text, "Trainable", trainable);
        Line(text, "Non-trainable", frozen);
        if (optimizer is not null) Line(text, "Optimizer", optimizer);
        return text.ToString();
    }

    SummaryColumn[] Columns(out int lineLength)
    {
        var (longest, positions, titles) = isChain
            ? (88, options.Positions ?? [0.45, 0.80, 1.0], (string[])["Layer (type)", "Output Shape", "Param #"])
            : (108, options.Positions ?? [0.3, 0.56, 0.74, 1.0], ["Layer (type)", "Output Shape", "Param #", "Connected to"]);
        if (options.ShowTrainable)
        {
            longest += 12;
            positions = [.. positions.Select(position => position * 0.90), 1.0];
            titles = [.. titles, "Trainable"];
        }

        if (positions.Count != titles.Length) throw new TapestryException($"{model.Name}.Summary", "the number of positions differs from that of the columns", $"{positions.Count - (options.ShowTrainable ? 1 : 0)}", $"{titles.Length - (options.ShowTrainable ? 1 : 0)}");
        lineLength = options.LineLength ?? Math.Min(longest, options.TerminalWidth - 4);
        var columns = new SummaryColumn[titles.Length];
        var current = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            var width = (int)(positions[i] * lineLength) - current;
            if (width < 4) throw new TapestryException($"{model.Name}.Summary", "the lines are too short", $"{lineLength} characters", "room for 4 in each column", "Give a larger lineLength.");
            columns[i] = new SummaryColumn(titles[i], width, titles[i] switch { "Param #" => SummaryAlignment.Right, "Trainable" => SummaryAlignment.Center, _ => SummaryAlignment.Left });
            current += width;
        }

        return columns;
    }

    IEnumerable<Layer> Range()
    {
        if (options.LayerRange is not { } range) return layers;
        var first = Places(range.First);
        var last = Places(range.Last);
        if (first.Length == 0 || last.Length == 0) throw new TapestryException($"{model.Name}.Summary", "no layer has a name like this", $"{range}", string.Join(", ", layers.Select(layer => layer.Name)));
        var (from, to) = first[0] > last[^1] ? (last[0], first[^1]) : (first[0], last[^1]);
        return layers.Skip(from).Take(to - from + 1);

        int[] Places(string pattern) => [.. Enumerable.Range(0, layers.Count).Where(i => Regex.IsMatch(layers[i].Name, $"^(?:{pattern})"))];
    }

    void Add(SummaryTable table, Layer layer, int depth)
    {
        var prefix = depth == 0 ? "" : string.Concat(Enumerable.Repeat("   ", depth)) + "└ ";
        List<string> cells = [$"{prefix}{layer.Name} ({layer.ClassName})", ShapeOf(layer), layer.Built ? layer.CountParams().ToString("N0", CultureInfo.InvariantCulture) : "0 (unbuilt)"];
        if (!isChain) cells.Add(Connections(layer));
        if (options.ShowTrainable) cells.Add(layer.Weights.Count == 0 ? "-" : layer.Trainable ? "Y" : "N");
        table.Add(cells);
        if (!options.ExpandNested || layer is not Model nested) return;
        foreach (var inner in nested.Layers) Add(table, inner, depth + 1);
    }

    static string ShapeOf(Layer layer)
    {
        if (layer.Nodes.Count > 0) return Print(layer.Nodes[^1].Outputs);
        if (layer.BuiltFor is not { } shapes) return "?";
        try
        {
            return Print(CallPipeline.Infer(layer, shapes.MapLeaves(leaf => leaf is Shape shape ? new TensorSpec(shape, layer.DType) : leaf)));
        }
        catch (TapestryException)
        {
            return "?";
        }
    }

    static string Print(Nest outputs)
    {
        var leaves = outputs.FlattenLeaves();
        return leaves.Count == 1 ? Dimensions(leaves[0]) : Structure(outputs);
    }

    static string Structure(Nest nest) => nest.Kind switch
    {
        NestKind.Leaf => Dimensions(nest.Leaf),
        NestKind.List => $"[{string.Join(", ", nest.Items.Select(Structure))}]",
        NestKind.Tuple => $"({string.Join(", ", nest.Items.Select(Structure))})",
        _ => $"{{{string.Join(", ", nest.Entries.Select(entry => $"{entry.Key}: {Structure(entry.Value)}"))}}}",
    };

    static string Dimensions(object? leaf) => leaf is Tensor tensor ? $"({string.Join(", ", tensor.Shape.Select(dimension => dimension?.ToString(CultureInfo.InvariantCulture) ?? "None"))})" : "None";

    string Connections(Layer layer)
    {
        var sources = layer.Nodes.Where(nodes.Contains).SelectMany(node => node.Parents).Select(parent => model.Graph!.Source(parent));
        var text = string.Join(", ", sources.Select(source => $"{source.Node.Layer.Name}[{source.Node.Index}][{source.Index}]"));
        return text.Length == 0 ? "-" : text;
    }

    static void Line(StringBuilder text, string what, IReadOnlyList<Variable> variables)
    {
        var distinct = variables.Distinct().ToArray();
        var count = distinct.Sum(variable => (long)variable.Shape.Size);
        text.Append(CultureInfo.InvariantCulture, $" {what} params: {count:N0} ({Size(distinct.Sum(variable => (double)variable.Shape.Size * variable.DType.Size))})\n");
    }

    static string Size(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        foreach (var unit in units)
        {
            if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} {unit}");
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} PB");
    }
}

/// <summary>How a summary is drawn.</summary>
sealed record SummaryOptions(int? LineLength, IReadOnlyList<double>? Positions, bool ExpandNested, bool ShowTrainable, (string First, string Last)? LayerRange)
{
    /// <summary>Where lines are cut: the width of the terminal, and 80 where there is none.</summary>
    internal int TerminalWidth { get; init; } = 80;
}
