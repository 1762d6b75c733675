using Tapestry.Compiler;

namespace Tapestry;

/// <summary>Loops whose length depends on tensors.</summary>
public static class WhileLoopEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Repeats a program while a condition holds. Eagerly this is a C# loop, and a tape sees every round; in a traced function it is one
        /// operation whose programs are traced once. Source: <c>tf.while_loop</c>.
        /// </summary>
        /// <param name="condition">Whether another round follows: a tensor of one element.</param>
        /// <param name="body">One round: from the values before it to those after it, in the same structure, dtypes and shapes.</param>
        /// <param name="loopVariables">The first values.</param>
        /// <param name="maximumIterations">The largest number of rounds; null for no limit.</param>
        /// <param name="shapeInvariants">Shapes that hold in every round, one per tensor from left to right; for values whose shape changes.</param>
        /// <returns>The last values, in the structure of <paramref name="loopVariables"/>.</returns>
        /// <exception cref="TapestryException">The body changes structure, dtype or shape, or there are no values.</exception>
        public static Nest WhileLoop(Func<Nest, Tensor> condition, Func<Nest, Nest> body, Nest loopVariables, int? maximumIterations = null, IReadOnlyList<Shape>? shapeInvariants = null)
        {
            var first = loopVariables.Map(tensor => Ops.Cast(tensor, tensor.DType));
            if (first.Flatten().Count == 0) throw new TapestryException("WhileLoop", "there are no loop variables", expected: "at least one tensor that changes");
            if (Scopes.Current.Interpreter is Trace trace) return Traced(trace, condition, body, first, maximumIterations, shapeInvariants);
            if (Scopes.Current.Interpreter is not null) return body(first);
            var state = first;
            for (var i = 0; i != maximumIterations && condition(state).Item<bool>(); i++) state = Checked(body(state), first);
            return state;
        }

        /// <summary>Repeats a program of one tensor while a condition holds.</summary>
        /// <param name="condition">Whether another round follows.</param>
        /// <param name="body">One round.</param>
        /// <param name="loopVariable">The first value.</param>
        /// <param name="maximumIterations">The largest number of rounds; null for no limit.</param>
        public static Tensor WhileLoop(Func<Tensor, Tensor> condition, Func<Tensor, Tensor> body, Tensor loopVariable, int? maximumIterations = null) =>
            Ops.WhileLoop(nest => condition(nest.Single()), nest => (Nest)body(nest.Single()), (Nest)loopVariable, maximumIterations).Single();

        /// <summary>Repeats a program of two tensors while a condition holds.</summary>
        /// <param name="condition">Whether another round follows.</param>
        /// <param name="body">One round.</param>
        /// <param name="loopVariables">The first values.</param>
        /// <param name="maximumIterations">The largest number of rounds; null for no limit.</param>
        public static (Tensor, Tensor) WhileLoop(Func<Tensor, Tensor, Tensor> condition, Func<Tensor, Tensor, (Tensor, Tensor)> body, (Tensor, Tensor) loopVariables, int? maximumIterations = null)
        {
            var last = Ops.WhileLoop(nest => condition(nest[0], nest[1]), nest => (Nest)body(nest[0], nest[1]), (Nest)loopVariables, maximumIterations);
            return (last[0], last[1]);
        }
    }

    static Nest Traced(Trace trace, Func<Nest, Tensor> condition, Func<Nest, Nest> body, Nest first, int? maximumIterations, IReadOnlyList<Shape>? invariants)
    {
        var values = first.Flatten();
        TensorSpec[] specs = [.. values.Select((value, i) => value.Spec with { Shape = invariants?[i] ?? value.Shape })];
        Nest Round(IReadOnlyList<Tensor> inner) => Checked(body(first.Pack(inner)), first);
        var program = SubProgram.Trace("loop body", trace, specs, [], null, Round);
        Variable[] carried = [.. program.Assigned];
        specs = [.. specs, .. carried.Select(variable => new TensorSpec(variable.Shape, variable.DType))];
        if (carried.Length > 0) program = SubProgram.Trace("loop body", trace, specs, carried, carried, Round);
        RequireInvariant(program.Function.Graph, specs);
        var test = SubProgram.Trace("loop condition", trace, specs, carried, [], inner => condition(first.Pack(inner)));
        var op = new WhileOp(test.Function, program.Function, specs.Length, carried.Length, test.Function.Trace.Captures.Count, maximumIterations);
        var outputs = op.ApplyAll([.. values, .. carried.Select(variable => variable.Value), .. test.Captures, .. program.Captures]);
        for (var i = 0; i < carried.Length; i++) carried[i].Assign(outputs[values.Count + i]);
        return first.Pack(outputs[..values.Count]);
    }

    static void RequireInvariant(Graph body, IReadOnlyList<TensorSpec> specs)
    {
        for (var i = 0; i < specs.Count; i++)
        {
            var (before, after) = (specs[i].Shape, body.Outputs[i].Shape);
            for (var axis = 0; axis < before.Rank; axis++)
            {
                if (before[axis] == Shape.Unknown || before[axis] == after[axis]) continue;
                throw new TapestryException("WhileLoop", $"the body changes the shape of loop variable {i}", $"{before} before a round, {after} after it", "equal shapes", "Give shapeInvariants with an unknown dimension where the shape changes.");
            }
        }
    }

    static Nest Checked(Nest after, Nest before)
    {
        if (after.Structure() != before.Structure()) throw new TapestryException("WhileLoop", "the body gives another structure than it takes", after.ToString(), before.ToString());
        var result = after.Map(tensor => Ops.Cast(tensor, tensor.DType));
        var (x, y) = (before.Flatten(), result.Flatten());
        for (var i = 0; i < x.Count; i++)
        {
            if (x[i].DType != y[i].DType || x[i].Rank != y[i].Rank) throw new TapestryException("WhileLoop", $"the body changes loop variable {i}", y[i].Spec.ToString(), x[i].Spec.ToString(), "Convert with Ops.Cast.");
        }

        return result;
    }
}
