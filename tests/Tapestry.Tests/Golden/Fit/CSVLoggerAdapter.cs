using System.Globalization;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>The file of numbers.</summary>
sealed class CSVLoggerAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "CSVLogger";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (config, fit) = (GoldenConfig.Of(golden), golden.Json.GetProperty("fit"));
            var (separator, append) = (config.GetValueOrDefault("separator") as string ?? ",", config.GetValueOrDefault("append") is true);
            var model = CallbackModel.Make(metrics: ["mae"]);
            CallbackModel.SetWeights(golden, model);
            var data = golden.Json.GetProperty("data");
            Tensor x = golden.Tensor(data.GetProperty("x")), y = golden.Tensor(data.GetProperty("y"));
            void Fit(int epochs)
            {
                Callback[] callbacks = [new CSVLogger(file, separator, append)];
                if (fit.TryGetProperty("sched", out _)) callbacks = [new LearningRateScheduler((_, rate) => rate * 0.5), .. callbacks];
                var validation = fit.TryGetProperty("val", out _) ? new Batch(First(x, 5), First(y, 5)) : null;
                model.Fit(x, y, batchSize: 4, epochs: epochs, verbose: 0, callbacks: callbacks, shuffle: false, validationData: validation, validationFreq: fit.TryGetProperty("validation_freq", out var every) ? every.GetInt32() : 1);
            }

            File.Delete(file);
            Fit(fit.GetProperty("epochs").GetInt32());
            if (fit.TryGetProperty("twice", out _)) Fit(2);
            Compare(golden, check, File.ReadAllText(file), separator);
        }
        finally
        {
            File.Delete(file);
        }
    }

    static void Compare(GoldenCase golden, GoldenCheck check, string text, string separator)
    {
        var rows = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(separator)).ToArray();
        var expected = golden.List("rows").Select(row => row.EnumerateArray().Select(cell => cell.GetString()!).ToArray()).ToArray();
        check.Equal("rows", expected.Length, rows.Length);
        for (var i = 0; i < Math.Min(rows.Length, expected.Length); i++)
        {
            check.Equal($"cells of row {i}", expected[i].Length, rows[i].Length);
            for (var j = 0; j < Math.Min(rows[i].Length, expected[i].Length); j++)
            {
                if (double.TryParse(expected[i][j], CultureInfo.InvariantCulture, out var number) && double.TryParse(rows[i][j], CultureInfo.InvariantCulture, out var actual)) check.Close($"cell {i}, {j}", number, actual, golden.Json.GetProperty("atol").GetDouble(), golden.Json.GetProperty("rtol").GetDouble());
                else check.Equal($"cell {i}, {j}", expected[i][j], rows[i][j]);
            }
        }
    }

    internal static Tensor First(Tensor tensor, int count)
    {
        var rows = Tensor.Allocate(tensor.DType, new Shape([count, .. tensor.Shape.Dimensions[1..]]));
        tensor.Bytes[..rows.Bytes.Length].CopyTo(rows.Bytes);
        return rows;
    }
}
