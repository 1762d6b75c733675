using System.Globalization;

namespace Tapestry.Keras;

/// <summary>Writes the numbers of each epoch as a line of a file, under a line of names. Source: <c>keras.callbacks.CSVLogger</c>.</summary>
/// <param name="filename">The file.</param>
/// <param name="separator">What stands between two columns.</param>
/// <param name="append">Whether lines are added to an existing file, for a training that goes on.</param>
public sealed class CSVLogger(string filename, string separator = ",", bool append = false) : Callback
{
    StreamWriter? writer;
    List<string>? keys;
    bool needsHeader;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        needsHeader = !append || !File.Exists(filename) || new FileInfo(filename).Length == 0;
        writer = new StreamWriter(filename, append) { NewLine = "\r\n" };
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (keys is null)
        {
            keys = [.. logs.Keys.Order(StringComparer.Ordinal)];
            // With a validation in some epochs only, the first need not have one.
            if (!keys.Exists(key => key.StartsWith("val_", StringComparison.Ordinal))) keys.AddRange([.. keys.Select(key => "val_" + key)]);
        }

        if (needsHeader) writer!.WriteLine(string.Join(separator, keys.Prepend("epoch")));
        needsHeader = false;
        writer!.WriteLine(string.Join(separator, keys.Select(key => logs.TryGetValue(key, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : "NA").Prepend(epoch.ToString(CultureInfo.InvariantCulture))));
        writer.Flush();
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        writer?.Dispose();
        writer = null;
    }
}
