using System.Text;
using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>Prints the summaries of models and compares the texts.</summary>
sealed class SummaryAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "Summary";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var model = Make(golden, check);
        var arguments = golden.Json.GetProperty("arguments");
        var text = "";
        model.Summary(
            lineLength: arguments.TryGetProperty("line_length", out var length) ? length.GetInt32() : null,
            print: printed => text += printed,
            expandNested: Truth("expand_nested"),
            showTrainable: Truth("show_trainable"),
            layerRange: arguments.TryGetProperty("layer_range", out var range) ? (range[0].GetString()!, range[1].GetString()!) : null);
        var expected = Encoding.UTF8.GetString(golden.Object.Group.Read(golden.Json.GetProperty("file").GetString()!));
        check.Equal("text", "\n" + expected, "\n" + text);
        if (golden.Field("count_params") is { } count) check.Equal("CountParams", count.GetInt64(), model.CountParams());

        bool Truth(string name) => arguments.TryGetProperty(name, out var value) && value.GetBoolean();
    }

    static Model Make(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("model") is not { } json)
        {
            var own = new Sub();
            if (golden.Json.GetProperty("text").GetString()!.Contains("called once on (1, 6)", StringComparison.Ordinal)) own.Apply(Ops.Ones([1, 6]));
            return own;
        }

        var config = (Dictionary<string, object?>)GoldenConfig.Value(json)!;
        if (Classes(json).Where(name => Configuration.Find(name) is null).ToArray() is { Length: > 0 } missing) check.Missing(string.Join(", ", missing));
        var model = (Model)Layer.FromConfig((string)config["class_name"]!, (Dictionary<string, object?>)config["config"]!);
        if (golden.Name.Contains("optimizer", StringComparison.Ordinal))
        {
            model.Compile("adam", loss: "mse");
            model.Fit(Ops.Ones([1, 6]), Ops.Ones([1, 1]), verbose: 0);
        }

        return model;
    }

    static IEnumerable<string> Classes(JsonElement model)
    {
        var config = model.GetProperty("config");
        if (!config.TryGetProperty("layers", out var layers)) return [model.GetProperty("class_name").GetString()!];
        return layers.EnumerateArray().SelectMany(Classes);
    }

    static class Configuration
    {
        internal static Type? Find(string name) => FunctionCalls.Knows(name) ? typeof(FunctionCalls) : Tapestry.Keras.Configuration.ObjectRegistry.Find(typeof(Layer), name);
    }

    sealed class Sub() : Model("my_model")
    {
        readonly Dense first = new(52, name: "first");
        readonly Dense second = new(37, name: "second");

        protected override Tensor Call(Tensor x, CallContext context) => second.Apply(first.Apply(x));
    }
}
