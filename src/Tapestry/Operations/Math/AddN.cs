namespace Tapestry;

/// <summary>Adds several tensors.</summary>
public static class AddNEntry
{
    extension(Ops)
    {
        /// <summary>The sum of several tensors of one shape, element by element. Source: <c>tf.math.add_n</c>.</summary>
        /// <param name="inputs">The tensors, at least one.</param>
        /// <exception cref="TapestryException">There is no tensor, or the shapes differ.</exception>
        public static Tensor AddN(IReadOnlyList<Tensor> inputs)
        {
            if (inputs.Count == 0) throw new TapestryException("AddN", "there are no tensors", expected: "at least one");
            var sum = inputs[0];
            for (var i = 1; i < inputs.Count; i++)
            {
                if (!inputs[i].Shape.IsCompatibleWith(inputs[0].Shape)) throw new TapestryException("AddN", $"tensor {i} has another shape", $"{inputs[0].Spec}, {inputs[i].Spec}", "equal shapes", "Use + or Ops.Add, which broadcast.");
                sum += inputs[i];
            }

            return sum;
        }
    }
}
