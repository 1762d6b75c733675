using System.Runtime.InteropServices;
using TorchSharp;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>The reference: whether it is there, its settings, and values in and out.</summary>
static class Libtorch
{
    /// <summary>Loads the native library.</summary>
    /// <returns>Null when it works, else the reason why not.</returns>
    internal static string? Load()
    {
        try
        {
            // The two lie in different packages and find each other when they are loaded in this order. TorchSharp by itself would
            // copy half a gigabyte into the package folder instead, and hide the reason of a failure.
            foreach (var library in (string[])["torch", "LibTorchSharp"]) NativeLibrary.Load(library, typeof(torch).Assembly, null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            return string.Join(Environment.NewLine, exception.Message.Split('\n').Where(line => !line.Contains("No such file", StringComparison.Ordinal)));
        }

        return Probe();
    }

    /// <summary>The number of threads of its operations.</summary>
    internal static void SetThreads(int threads) => torch.set_num_threads(threads);

    /// <summary>A state in which nothing is recorded for gradients.</summary>
    internal static IDisposable WithoutGradients() => torch.no_grad();

    /// <summary>A float32 tensor.</summary>
    internal static torch.Tensor Tensor(float[] values, params long[] shape) => torch.tensor(values, shape);

    /// <summary>A float32 tensor that is trained.</summary>
    internal static TorchSharp.Modules.Parameter Parameter(float[] values, params long[] shape) => new(torch.tensor(values, shape));

    /// <summary>The elements in C order.</summary>
    internal static float[] Values(torch.Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous();
        return contiguous.data<float>().ToArray();
    }

    static string? Probe()
    {
        using var one = torch.ones(1);
        using var two = one + one;
        return two.item<float>() == 2 ? null : "1 + 1 is not 2";
    }
}
