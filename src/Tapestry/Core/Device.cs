namespace Tapestry;

/// <summary>Where a tensor lives. A device is a value, so that other kinds can be added without a change for users.</summary>
/// <param name="Kind">The kind of device: <c>CPU</c>.</param>
/// <param name="Index">The number of the device among those of its kind.</param>
public sealed record Device(string Kind, int Index)
{
    /// <summary>The processor and memory of this process.</summary>
    public static Device Cpu { get; } = new("CPU", 0);

    /// <summary>The name as TensorFlow writes it: <c>/device:CPU:0</c>.</summary>
    public override string ToString() => $"/device:{Kind}:{Index}";
}
