// A convolutional network learns to read handwritten digits, and shows what it still gets wrong.
using Spectre.Console;
using Tapestry;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

var quick = args.Contains("--quick");
RandomSeed.Set(7);

var (train, test) = Datasets.Mnist(Path.Combine(AppContext.BaseDirectory, "data"));
var count = quick ? 4096 : train.Images.Shape[0];
var images = Prepare(train.Images[..count]);
var labels = train.Labels[..count];

var model = new Sequential([
    new Input([28, 28, 1]),
    new Conv2D(16, 3, activation: "relu"),
    new MaxPooling2D(),
    new Conv2D(64, 3, activation: "relu"),
    new MaxPooling2D(),
    new Flatten(),
    new Dropout(0.3f),
    new Dense(128, activation: "relu"),
    new Dense(10, activation: "softmax")]);
model.Summary();

var epochs = quick ? 1 : 4;
var steps = (count + 127) / 128 * epochs;
model.Compile(new Adam(learningRate: new CosineDecay(2e-3f, decaySteps: steps)), loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
model.Fit(images, labels, batchSize: 128, epochs: epochs);

var testImages = Prepare(test.Images);
model.Evaluate(testImages, test.Labels, batchSize: 500, verbose: 0);
var guesses = Ops.ArgMax(model.Predict(testImages, batchSize: 500, verbose: 0).Single(), axis: 1).ToArray<int>();
var truths = test.Labels.ToArray<byte>();
var right = guesses.Zip(truths).Count(pair => pair.First == pair.Second);
AnsiConsole.MarkupLine($"\n[bold]test accuracy: {100.0 * right / truths.Length:F2} %[/] ({truths.Length - right} of {truths.Length} wrong)\n");

ConfusionMatrix(guesses, truths);
WrongPictures(test.Images, guesses, truths, most: Math.Max(1, AnsiConsole.Profile.Width / 32));

static Tensor Prepare(Tensor pixels) => Ops.ExpandDims(Ops.Cast(pixels, "float32") / 255f, axis: -1);

static void ConfusionMatrix(int[] guesses, byte[] truths)
{
    var table = new Table().Border(TableBorder.Rounded).Title("rows: what it is, columns: what the network says").AddColumn("");
    for (var digit = 0; digit < 10; digit++) table.AddColumn(new TableColumn($"[bold]{digit}[/]").RightAligned());
    for (var truth = 0; truth < 10; truth++)
    {
        var row = new string[11];
        row[0] = $"[bold]{truth}[/]";
        for (var guess = 0; guess < 10; guess++)
        {
            var cases = guesses.Zip(truths).Count(pair => pair.Second == truth && pair.First == guess);
            row[guess + 1] = guess == truth ? $"[green]{cases}[/]" : cases > 0 ? $"[red]{cases}[/]" : "[grey]·[/]";
        }

        table.AddRow(row);
    }

    AnsiConsole.Write(table);
}

static void WrongPictures(Tensor images, int[] guesses, byte[] truths, int most)
{
    var wrong = Enumerable.Range(0, truths.Length).Where(i => guesses[i] != truths[i]).Take(most).ToArray();
    if (wrong.Length == 0) return;
    var grid = new Grid();
    foreach (var _ in wrong) grid.AddColumn();
    grid.AddRow([.. wrong.Select(i => (Spectre.Console.Rendering.IRenderable)new Panel(Picture(images[i].ToArray<byte>())).Header($"{truths[i]}, not {guesses[i]}"))]);
    AnsiConsole.Write(grid);
}

// Two rows of pixels per line of text: the upper half block takes the foreground, the lower half the background.
static Canvas28 Picture(byte[] pixels) => new(pixels);

/// <summary>Draws 28×28 grey pixels as half blocks, or as characters of different density.</summary>
sealed class Canvas28(byte[] pixels) : Spectre.Console.Rendering.Renderable
{
    // For terminals without colours.
    const string Shades = " .:-=+*#%@";

    protected override Spectre.Console.Rendering.Measurement Measure(Spectre.Console.Rendering.RenderOptions options, int maxWidth) => new(28, 28);

    protected override IEnumerable<Spectre.Console.Rendering.Segment> Render(Spectre.Console.Rendering.RenderOptions options, int maxWidth)
    {
        for (var y = 0; y < 28; y += 2)
        {
            for (var x = 0; x < 28; x++)
            {
                var (upper, lower) = (pixels[y * 28 + x], pixels[(y + 1) * 28 + x]);
                if (!options.Ansi || options.ColorSystem == ColorSystem.NoColors) yield return new Spectre.Console.Rendering.Segment(Shades[(upper + lower) * (Shades.Length - 1) / 510].ToString());
                else yield return new Spectre.Console.Rendering.Segment("▀", new Style(new Color(upper, upper, upper), new Color(lower, lower, lower)));
            }

            yield return Spectre.Console.Rendering.Segment.LineBreak;
        }
    }
}
