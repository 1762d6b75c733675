using System.Text.Json.Serialization;

namespace Tapestry.Benchmarks.Measuring;

/// <summary>One row of the table.</summary>
sealed record JobResult
{
    /// <summary>The job's name.</summary>
    [JsonPropertyName("job")]
    public required string Job { get; init; }

    /// <summary>The number of threads of both sides.</summary>
    [JsonPropertyName("threads")]
    public required int Threads { get; init; }

    /// <summary>Our time.</summary>
    [JsonPropertyName("ours_ms")]
    public required double Ours { get; init; }

    /// <summary>libtorch's time in its default form; null when it was not run.</summary>
    [JsonPropertyName("libtorch_ms")]
    public double? Libtorch { get; init; }

    /// <summary>libtorch's time in its best form, where that is another one.</summary>
    [JsonPropertyName("libtorch_best_ms")]
    public double? LibtorchBest { get; init; }

    /// <summary>ONNX Runtime's time, for inference.</summary>
    [JsonPropertyName("onnxruntime_ms")]
    public double? OnnxRuntime { get; init; }

    /// <summary>libtorch's time divided by ours.</summary>
    [JsonPropertyName("ratio")]
    public double? Ratio => Libtorch / Ours;

    /// <summary>The least ratio that is asked.</summary>
    [JsonPropertyName("must")]
    public required double Must { get; init; }

    /// <summary>The ratio we would like.</summary>
    [JsonPropertyName("aim")]
    public double? Aim { get; init; }

    /// <summary>Our useful operations a second over the machine's limit.</summary>
    [JsonPropertyName("limit_share")]
    public double? LimitShare { get; init; }

    /// <summary>The least share that is asked.</summary>
    [JsonPropertyName("limit_must")]
    public double? LimitMust { get; init; }

    /// <summary>Whether a reference or the limit asks for more than we do.</summary>
    [JsonIgnore]
    public bool Misses => Ratio < Must || LibtorchBest < Ours || OnnxRuntime < Ours || LimitShare < LimitMust;
}
