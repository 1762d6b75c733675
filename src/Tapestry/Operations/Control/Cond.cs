using Tapestry.Compiler;

namespace Tapestry;

/// <summary>Branches that are chosen by tensors.</summary>
public static class CondEntry
{
    extension(Ops)
    {
        /// <summary>
        /// One of two programs, chosen by a tensor. Eagerly only the chosen one runs; in a traced function both are traced and one runs per call.
        /// Source: <c>tf.cond</c>.
        /// </summary>
        /// <param name="predicate">A tensor of one element; not zero is true.</param>
        /// <param name="ifTrue">Gives the result when the predicate is true.</param>
        /// <param name="ifFalse">Gives the result when it is false, in the same structure and dtypes.</param>
        /// <exception cref="TapestryException">Structure or dtypes of the results differ.</exception>
        public static Nest Cond(Tensor predicate, Func<Nest> ifTrue, Func<Nest> ifFalse)
        {
            if (!predicate.IsSymbolic) return predicate.Item<bool>() ? ifTrue() : ifFalse();
            return Scopes.Current.Interpreter is Trace trace ? Traced(trace, predicate, ifTrue, ifFalse) : Inferred(ifTrue, ifFalse);
        }

        /// <summary>One of two programs that give one tensor, chosen by a tensor.</summary>
        /// <param name="predicate">A tensor of one element; not zero is true.</param>
        /// <param name="ifTrue">Gives the result when the predicate is true.</param>
        /// <param name="ifFalse">Gives the result when it is false, of the same dtype.</param>
        public static Tensor Cond(Tensor predicate, Func<Tensor> ifTrue, Func<Tensor> ifFalse) => Ops.Cond(predicate, () => (Nest)ifTrue(), () => (Nest)ifFalse()).Single();

        /// <summary>
        /// One of several programs, chosen by number; a number outside takes <paramref name="defaultBranch"/>, or the last branch.
        /// Source: <c>tf.switch_case</c>.
        /// </summary>
        /// <param name="branchIndex">An integer scalar.</param>
        /// <param name="branches">The programs, at least one.</param>
        /// <param name="defaultBranch">What runs for a number outside.</param>
        public static Tensor SwitchCase(Tensor branchIndex, IReadOnlyList<Func<Tensor>> branches, Func<Tensor>? defaultBranch = null)
        {
            if (branches.Count == 0) throw new TapestryException("SwitchCase", "there are no branches", expected: "at least one");
            var chosen = defaultBranch ?? branches[^1];
            for (var i = branches.Count - 1; i >= 0; i--)
            {
                var (number, branch, otherwise) = (i, branches[i], chosen);
                chosen = () => Ops.Cond(Ops.Equal(branchIndex, number), branch, otherwise);
            }

            return chosen();
        }
    }

    static Nest Traced(Trace trace, Tensor predicate, Func<Nest> ifTrue, Func<Nest> ifFalse)
    {
        var then = SubProgram.Trace("true branch", trace, [], [], null, _ => ifTrue());
        var otherwise = SubProgram.Trace("false branch", trace, [], [], null, _ => ifFalse());
        RequireAlike(then, otherwise);
        if (then.Assigned.Count + otherwise.Assigned.Count > 0)
        {
            // Both branches give the variables that either assigns.
            Variable[] assigned = [.. then.Assigned.Union(otherwise.Assigned)];
            then = SubProgram.Trace("true branch", trace, [], [], assigned, _ => ifTrue());
            otherwise = SubProgram.Trace("false branch", trace, [], [], assigned, _ => ifFalse());
        }

        var op = new CondOp(then.Function, otherwise.Function);
        var outputs = op.ApplyAll([predicate, .. then.Captures, .. otherwise.Captures]);
        var results = then.Structure.Flatten().Count;
        for (var i = 0; i < then.Assigned.Count; i++) then.Assigned[i].Assign(outputs[results + i]);
        return then.Structure.Pack(outputs[..results]);
    }

    // Where only shapes are inferred both branches are looked at, and the first stands for the result.
    static Nest Inferred(Func<Nest> ifTrue, Func<Nest> ifFalse)
    {
        var result = ifTrue();
        ifFalse();
        return result;
    }

    static void RequireAlike(SubProgram then, SubProgram otherwise)
    {
        var (a, b) = (then.Structure, otherwise.Structure);
        if (a.Structure() != b.Structure()) throw new TapestryException("Cond", "the branches give different structures", $"{a} and {b}", "equal structures");
        var (x, y) = (a.Flatten(), b.Flatten());
        for (var i = 0; i < x.Count; i++)
        {
            if (x[i].DType != y[i].DType || x[i].Rank != y[i].Rank) throw new TapestryException("Cond", $"the branches give different tensors for result {i}", $"{x[i].Spec} and {y[i].Spec}", "equal dtypes and ranks", "Convert with Ops.Cast or Ops.Reshape.");
        }
    }
}
