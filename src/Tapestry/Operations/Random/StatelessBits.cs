using System.Runtime.InteropServices;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Random whole numbers of the whole range of a dtype that follow from a seed alone. Source: <c>tf.random.stateless_uniform</c> without bounds.</summary>
/// <param name="DType">int32, int64, uint32 or uint64.</param>
/// <param name="Shape">The shape.</param>
public sealed record StatelessBitsOp(DType DType, Shape Shape) : Op
{
    /// <inheritdoc/>
    public override void Infer(ref InferContext context)
    {
        if (context.DType(0) != DType.Int64 || context.Shape(0).Size is not (2 or Shape.Unknown)) throw Refuse("the seed is wrong", context, "two int64 numbers");
        if (!DType.IsInteger || DType.Size < 4) throw Refuse($"{DType} is not offered", context, "int32, int64, uint32 or uint64", "Convert with Ops.Cast.");
        context.Return(Shape, DType);
    }

    /// <inheritdoc/>
    public override void Gradient(GradientContext context)
    {
        // Nothing here depends smoothly on the inputs.
    }

    /// <inheritdoc/>
    public override void Run(in KernelContext context)
    {
        var seed = context.Input<long>(0);
        var stream = Philox.FromSeed(seed[0], seed[1]);
        var bytes = context.OutputTensor(0).Bytes;
        if (DType.Size == 4) RandomLoop.Bits(stream, MemoryMarshal.Cast<byte, uint>(bytes));
        else RandomLoop.Bits(stream, MemoryMarshal.Cast<byte, ulong>(bytes));
    }
}

/// <summary>Offers <see cref="StatelessBitsOp"/> to users.</summary>
public static class StatelessBitsEntry
{
    extension(Ops)
    {
        /// <summary>Whole numbers spread evenly over all that a dtype can hold: the words of TensorFlow's Philox generator. Source: <c>tf.random.stateless_uniform</c> without bounds.</summary>
        /// <param name="shape">The shape, fully known.</param>
        /// <param name="seed">Two whole numbers that decide the values.</param>
        /// <param name="dtype">int32, int64, uint32 or uint64.</param>
        /// <exception cref="TapestryException">The seed, the shape or the dtype does not fit.</exception>
        public static Tensor StatelessBits(Shape shape, Tensor seed, DType dtype)
        {
            if (!shape.IsFullyKnown) throw new TapestryException("StatelessBits", "a dimension is unknown", shape.ToString(), "known dimensions");
            return new StatelessBitsOp(dtype, shape).Apply(StatelessRandomEntry.Seed(seed));
        }
    }
}
