namespace Tapestry;

/// <summary>Makes one tensor of several along a new axis, and takes it apart again.</summary>
public static class StackEntry
{
    extension(Ops)
    {
        /// <summary>Tensors of equal shape along a new axis. Source: <c>tf.stack</c>.</summary>
        /// <param name="values">The tensors.</param>
        /// <param name="axis">The number of the new axis in the result; a negative one counts from its end.</param>
        /// <exception cref="TapestryException">There is no tensor, the shapes differ, or there is no such axis.</exception>
        public static Tensor Stack(IReadOnlyList<Tensor> values, int axis = 0)
        {
            if (values.Count == 0) throw new TapestryException("Stack", "no tensors", expected: "at least one");
            foreach (var value in values)
            {
                if (!value.Shape.IsCompatibleWith(values[0].Shape)) throw new TapestryException("Stack", "the shapes differ", $"{values[0].Spec} and {value.Spec}", "equal shapes");
            }

            var place = Axes.Ordered("Stack", [axis], values[0].Rank + 1, values[0])[0];
            return Ops.Concat([.. values.Select(value => Ops.ExpandDims(value, place))], place);
        }

        /// <summary>The parts of a tensor along an axis, which they lose. Source: <c>tf.unstack</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="num">How many parts; needed only when the dimension is unknown.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <exception cref="TapestryException">There is no such axis, or its length is unknown or another.</exception>
        public static Tensor[] Unstack(Tensor x, int? num = null, int axis = 0)
        {
            var along = Axes.Ordered("Unstack", [axis], x.Rank, x)[0];
            var length = x.Shape[along] == Shape.Unknown ? num : x.Shape[along];
            if (length is not { } parts) throw new TapestryException("Unstack", $"the length of dimension {along} is unknown", x.Spec.ToString(), "a known length", "Give num.");
            if (num is { } wanted && wanted != parts) throw new TapestryException("Unstack", $"dimension {along} has another length", $"num {num}, {x.Spec}", $"num {parts}");
            return parts == 0 ? [] : [.. Ops.Split(x, [.. Enumerable.Repeat(1, parts)], along).Select(part => Ops.Squeeze(part, along))];
        }
    }
}
