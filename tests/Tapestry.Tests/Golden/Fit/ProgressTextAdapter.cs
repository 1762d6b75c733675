using System.Text.RegularExpressions;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>What the progress bar draws, with times replaced.</summary>
sealed partial class ProgressTextAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "ProgressText";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var output = new StringWriter { NewLine = "\n" };
        var verbose = golden.Json.GetProperty("verbose").GetInt32();
        if (golden.Field("updates") is not null) DriveBar(golden, verbose, output);
        else DriveModel(golden, verbose, output);
        if (golden.Field("lines_last_drawing") is { } lines)
        {
            var drawn = Normal(output.ToString()).Split('\n').Select(line => line[(line.LastIndexOf('\r') + 1)..]);
            check.Equal("last drawings", string.Join("\n", lines.EnumerateArray().Select(line => line.GetString())), string.Join("\n", drawn));
        }
        else
        {
            check.Equal("text", golden.Json.GetProperty("text").GetString(), Normal(output.ToString()));
        }
    }

    static void DriveBar(GoldenCase golden, int verbose, TextWriter output)
    {
        var target = golden.Field("target")?.GetInt32();
        var bar = new ProgressBar(target, verbose, golden.List("stateful_metrics").Select(name => name.GetString()!), output: output) { LeastInterval = 0 };
        var updates = golden.List("updates").ToArray();
        foreach (var update in updates)
        {
            var isLast = target is null && update.Equals(updates[^1]) ? true : (bool?)null;
            bar.Update(update[0].GetInt32(), update[1].EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetDouble())), isLast);
        }
    }

    static void DriveModel(GoldenCase golden, int verbose, TextWriter output)
    {
        Tensor x = golden.Tensor(golden.Json.GetProperty("data").GetProperty("x")), y = golden.Tensor(golden.Json.GetProperty("data").GetProperty("y"));
        var model = CallbackModel.Make(inputs: x.Shape[1], metrics: ["mae"]);
        CallbackModel.SetWeights(golden, model);
        model.Trainer.Output = output;
        if (golden.Name.Contains("evaluate", StringComparison.Ordinal)) model.Evaluate(x, y, batchSize: 4, verbose: verbose);
        else if (golden.Name.Contains("predict", StringComparison.Ordinal)) model.Predict(x, batchSize: 4, verbose: verbose);
        else model.Fit(x, y, batchSize: 4, epochs: golden.Name.Contains("one_epoch", StringComparison.Ordinal) ? 1 : 2, verbose: verbose, shuffle: false, validationData: new Batch(CSVLoggerAdapter.First(x, 4), CSVLoggerAdapter.First(y, 4)));
    }

    // A longer drawing before leaves blanks behind, which depend on the widths of the times.
    static string Normal(string text)
    {
        text = Times().Replace(text, "<t>");
        text = Blanks().Replace(text, "$1");
        return Backspaces().Replace(text, "<back>");
    }

    [GeneratedRegex(@"\d+(:\d+)*(s|ms|us)?(?=/step)|(?<=\x1b\[1m)\d+(:\d+)*s?(?=\x1b\[0m <t>|\x1b\[0m \d)|(?<= - )\d+s(?= -)")]
    private static partial Regex Times();

    [GeneratedRegex(@" +(\x08|\n)")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\x08+")]
    private static partial Regex Backspaces();
}
