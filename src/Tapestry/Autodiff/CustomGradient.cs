namespace Tapestry;

/// <summary>Functions with gradients of their own, in place of those that follow from their operations.</summary>
/// <remarks>Source: <c>tf.custom_gradient</c>, <c>tf.recompute_grad</c>, <c>tf.grad_pass_through</c>.</remarks>
public static class CustomGradient
{
    /// <summary>A function of one tensor with a gradient of its own.</summary>
    /// <param name="function">Gives the value, and a function from the gradient of the value to that of the argument.</param>
    /// <remarks>
    /// <code>
    /// var clipped = CustomGradient.Of(x => (x, upstream => Ops.ClipByValue(upstream, -1f, 1f)));
    /// </code>
    /// </remarks>
    public static Func<Tensor, Tensor> Of(Func<Tensor, (Tensor Value, Func<Tensor, Tensor?> Gradient)> function) => x => CustomGradientOp.Call(
        inputs =>
        {
            var (value, gradient) = function(inputs[0]);
            return ([value], (upstream, _) => [gradient(upstream[0])]);
        },
        [x],
        takesVariables: false)[0];

    /// <summary>A function of several tensors with gradients of its own.</summary>
    /// <param name="function">Gives the values, and a function from the gradients of the values to those of the arguments (null for none).</param>
    public static Func<Tensor[], Tensor[]> Of(Func<Tensor[], (Tensor[] Values, Func<Tensor[], Tensor?[]> Gradient)> function) => inputs => CustomGradientOp.Call(
        given =>
        {
            var (values, gradient) = function(given);
            return (values, (upstream, _) => gradient(upstream));
        },
        inputs,
        takesVariables: false);

    /// <summary>A function that reads variables, with gradients of its own for arguments and variables.</summary>
    /// <param name="function">
    /// Gives the values, and a function from their gradients and the list of variables to the gradients of the arguments followed by those
    /// of the variables.
    /// </param>
    public static Func<Tensor[], Tensor[]> OfVariables(Func<Tensor[], (Tensor[] Values, Func<Tensor[], IReadOnlyList<Variable>, Tensor?[]> Gradient)> function) =>
        inputs => CustomGradientOp.Call(given => function(given), inputs, takesVariables: true);

    /// <summary>A function whose intermediate values are computed again for the gradient instead of being kept.</summary>
    /// <param name="function">The function; it runs once for the value and once more for the gradient.</param>
    public static Func<Tensor, Tensor> Recompute(Func<Tensor, Tensor> function) => x => CustomGradientOp.Call(
        inputs => ([function(inputs[0])], (upstream, variables) =>
        {
            using var tape = new GradientTape(watchAccessedVariables: false);
            // A compiler would otherwise merge this with the first run.
            var again = AfterOp.Instance.Apply(inputs[0], upstream[0]);
            tape.Watch(again);
            foreach (var variable in variables) tape.Watch(variable);
            return tape.Gradients([function(again)], [again, .. variables], upstream, UnconnectedGradients.None);
        }
        ),
        [x],
        takesVariables: true,
        isHidden: true)[0];

    /// <summary>A function whose gradient is that of the identity: what flows into its value flows out of its argument.</summary>
    /// <param name="function">A function that keeps shape and dtype, for example rounding.</param>
    public static Func<Tensor, Tensor> PassThrough(Func<Tensor, Tensor> function) => Of(x => (function(x), upstream => upstream));
}
