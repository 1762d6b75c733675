using System.Security.Cryptography;
using Tapestry.IO;

namespace Tapestry;

/// <summary>Well-known datasets. They are read from a given folder, else from a cache in the user's profile that the first use fills by download.</summary>
public static class Datasets
{
    const string MnistSource = "https://storage.googleapis.com/cvdf-datasets/mnist/";

    static readonly (string File, string Sha256)[] MnistFiles =
    [
        ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>
    /// MNIST: 60,000 handwritten digits to train on and 10,000 to test on, 28×28 grey pixels of 0…255 (uint8), with labels 0…9 (uint8).
    /// </summary>
    /// <param name="folder">A folder with the four IDX files, compressed (<c>.gz</c>) or not; null for the cache.</param>
    /// <returns>Training and test set, each as images of shape <c>(n, 28, 28)</c> and labels of shape <c>(n,)</c>.</returns>
    /// <exception cref="TapestryException">A file is missing, damaged, or cannot be downloaded.</exception>
    /// <remarks>Source: <c>keras.datasets.mnist.load_data</c>. Data: Y. LeCun, C. Cortes, C. J. C. Burges.</remarks>
    public static ((Tensor Images, Tensor Labels) Train, (Tensor Images, Tensor Labels) Test) Mnist(string? folder = null)
    {
        var parts = MnistFiles.Select(file => Mnist(file.File, file.Sha256, folder)).ToArray();
        return ((parts[0], parts[1]), (parts[2], parts[3]));
    }

    static Tensor Mnist(string file, string sha256, string? folder)
    {
        if (folder is not null) return IdxFile.Read(Find(folder, file));
        var cached = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tapestry", "mnist", file + ".gz");
        if (!File.Exists(cached)) Download(MnistSource + file + ".gz", cached, sha256);
        return IdxFile.Read(cached);
    }

    static string Find(string folder, string file)
    {
        foreach (var path in new[] { Path.Combine(folder, file + ".gz"), Path.Combine(folder, file) })
        {
            if (File.Exists(path)) return path;
        }

        throw new TapestryException("Datasets.Mnist", "a file is missing", Path.Combine(folder, file) + "[.gz]", "the four IDX files of MNIST in this folder", "Give another folder, or none to download them.");
    }

    // The file takes its place only when it is complete and right.
    static void Download(string source, string destination, string sha256)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var partial = $"{destination}.{Environment.ProcessId}.part";
        try
        {
            using (var client = new HttpClient())
            using (var response = client.GetStreamAsync(new Uri(source)).GetAwaiter().GetResult())
            using (var file = File.Create(partial)) response.CopyTo(file);
            var hash = Convert.ToHexStringLower(SHA256.HashData(IdxFile.Unpack(partial)));
            if (hash != sha256) throw new TapestryException("Datasets", "a downloaded file is damaged", $"{source} with SHA-256 {hash}", sha256, "Try again, or give a folder with the files.");
            File.Move(partial, destination, overwrite: true);
        }
        catch (HttpRequestException fault)
        {
            throw new TapestryException("Datasets", "a file could not be downloaded", source, remedy: "Give a folder with the files.", inner: fault);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
