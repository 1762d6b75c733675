using System.Numerics.Tensors;

namespace Tapestry;

/// <summary>Makes tensors from values.</summary>
public static class ConstantEntry
{
    extension(Ops)
    {
        /// <summary>A tensor with the given values. Source: <c>tf.constant</c>.</summary>
        /// <param name="value">A number, text, truth value, or array of any rank; or a tensor.</param>
        /// <param name="dtype">The dtype; that of the value by default.</param>
        /// <param name="shape">The shape; that of the value by default. A single element fills it.</param>
        /// <exception cref="TapestryException">The number of values does not fit the shape.</exception>
        public static Tensor Constant(Tensor value, DType? dtype = null, Shape? shape = null)
        {
            // A constant has a dtype of its own, so the number stops adapting to others.
            var constant = Ops.Cast(value, dtype ?? value.DType);
            if (shape is null || shape == constant.Shape) return constant;
            return constant.Size == 1 ? Ops.BroadcastTo(Ops.Reshape(constant, Shape.Scalar), shape) : Ops.Reshape(constant, shape);
        }

        /// <summary>A tensor with a copy of the elements of a span, in C order.</summary>
        /// <typeparam name="T">The .NET type of a dtype.</typeparam>
        /// <param name="values">The elements.</param>
        /// <param name="shape">The shape; by default one dimension.</param>
        /// <exception cref="TapestryException">The number of values does not fit the shape.</exception>
        public static Tensor FromSpan<T>(ReadOnlySpan<T> values, Shape? shape = null)
            where T : unmanaged => TensorFactory.FromSpan(values, shape ?? [values.Length]);

        /// <summary>A tensor with a copy of the elements of a tensor of System.Numerics.Tensors.</summary>
        /// <typeparam name="T">The .NET type of a dtype.</typeparam>
        /// <param name="values">The elements with their shape.</param>
        public static Tensor FromTensorSpan<T>(in ReadOnlyTensorSpan<T> values)
            where T : unmanaged => TensorFactory.FromTensorSpan(values);
    }
}
