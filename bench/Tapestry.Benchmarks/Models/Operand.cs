using TorchSharp;

namespace Tapestry.Benchmarks.Models;

/// <summary>An input in our layout, and how its axes are ordered in libtorch.</summary>
/// <param name="Values">The elements in C order.</param>
/// <param name="Shape">Our shape.</param>
/// <param name="Order">The permutation from our axes to libtorch's; null where they are the same.</param>
/// <param name="HasChannels">Whether libtorch's best form has the channels last in memory.</param>
/// <param name="Gates">Which of our gates, equal parts of the last axis, stand where in libtorch; null where the gates have one order. The permutation must be its own inverse.</param>
sealed record Operand(float[] Values, int[] Shape, int[]? Order = null, bool HasChannels = true, int[]? Gates = null)
{
    /// <summary>From [N, H, W, C] to [N, C, H, W].</summary>
    internal static readonly int[] ImageOrder = [0, 3, 1, 2];

    /// <summary>From [H, W, in, out] to [out, in, H, W].</summary>
    internal static readonly int[] FilterOrder = [3, 2, 0, 1];

    /// <summary>From [H, W, channels, 1] to [channels, 1, H, W].</summary>
    internal static readonly int[] DepthwiseOrder = [2, 3, 0, 1];

    /// <summary>Ours.</summary>
    internal Tensor ToTensor() => Ops.FromSpan<float>(Values, Shape);

    /// <summary>The elements in the order of libtorch's axes, which are ONNX's too, and the shape.</summary>
    internal (float[] Values, int[] Shape) InLibtorchOrder() =>
        Order is null ? (Values, Shape) : (Ops.Transpose(ToTensor(), Order).ToArray<float>(), [.. Order.Select(axis => Shape[axis])]);

    /// <summary>libtorch's, contiguous.</summary>
    internal torch.Tensor ToLibtorch()
    {
        var tensor = WithGates(torch.tensor(Values, [.. Shape.Select(length => (long)length)]));
        return Order is null ? tensor : tensor.permute([.. Order.Select(axis => (long)axis)]).contiguous();
    }

    /// <summary>libtorch's, with the channels last in memory where there are channels.</summary>
    internal torch.Tensor ToLibtorchChannelsLast()
    {
        var tensor = ToLibtorch();
        return Order is null || !HasChannels ? tensor : tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    /// <summary>The elements of libtorch's tensor for this operand, in our order.</summary>
    internal float[] FromLibtorch(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return Gates is null ? FromLibtorch(tensor, Order) : Measuring.Libtorch.Values(WithGates(torch.tensor(FromLibtorch(tensor, Order), [.. Shape.Select(length => (long)length)])));
    }

    /// <summary>The elements of a tensor of libtorch in the order of our axes.</summary>
    internal static float[] FromLibtorch(torch.Tensor tensor, int[]? order)
    {
        using var scope = torch.NewDisposeScope();
        if (order is not null)
        {
            var back = new long[order.Length];
            for (var i = 0; i < order.Length; i++) back[order[i]] = i;
            tensor = tensor.permute(back);
        }

        return Measuring.Libtorch.Values(tensor);
    }

    torch.Tensor WithGates(torch.Tensor tensor) =>
        Gates is null ? tensor : torch.cat([.. Gates.Select(gate => tensor.chunk(Gates.Length, -1)[gate])], -1).contiguous();
}
