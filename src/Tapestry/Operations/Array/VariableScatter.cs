namespace Tapestry;

/// <summary>Changes entries of a variable at given positions, and reads some of them.</summary>
public static class VariableScatterEntry
{
    extension(Variable variable)
    {
        /// <summary>Replaces entries of the first dimension; the last of several at one position wins. Source: <c>tf.Variable.scatter_update</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <param name="updates">The new entries: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterUpdate(Tensor indices, Tensor updates) => Scatter(variable, indices, updates, ScatterReduction.Replace);

        /// <summary>Adds to entries of the first dimension. Source: <c>tf.Variable.scatter_add</c>.</summary>
        /// <param name="indices">Integers: the positions; those that occur several times are added to several times.</param>
        /// <param name="updates">What is added: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterAdd(Tensor indices, Tensor updates) => Scatter(variable, indices, updates, ScatterReduction.Add);

        /// <summary>Subtracts from entries of the first dimension. Source: <c>tf.Variable.scatter_sub</c>.</summary>
        /// <param name="indices">Integers: the positions; those that occur several times are subtracted from several times.</param>
        /// <param name="updates">What is subtracted: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterSub(Tensor indices, Tensor updates) => Scatter(variable, indices, -updates, ScatterReduction.Add);

        /// <summary>Multiplies entries of the first dimension. Source: <c>tf.Variable.scatter_mul</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <param name="updates">The factors: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterMul(Tensor indices, Tensor updates) => Scatter(variable, indices, updates, ScatterReduction.Multiply);

        /// <summary>Divides entries of the first dimension of a variable of floating-point numbers. Source: <c>tf.Variable.scatter_div</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <param name="updates">The divisors: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, an index is out of range, or the variable holds integers.</exception>
        public Variable ScatterDiv(Tensor indices, Tensor updates)
        {
            if (!variable.DType.IsFloating) throw new TapestryException($"Variable '{variable.Name}'.ScatterDiv", "quotients of integers are none", variable.DType.Name, "floating-point numbers");
            var value = variable.Value;
            return variable.Assign(value / Scattered(Ops.OnesLike(value), indices, updates, ScatterReduction.Multiply));
        }

        /// <summary>Keeps the larger of entries of the first dimension and updates. Source: <c>tf.Variable.scatter_max</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <param name="updates">What is compared: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterMax(Tensor indices, Tensor updates) => Scatter(variable, indices, updates, ScatterReduction.Maximum);

        /// <summary>Keeps the smaller of entries of the first dimension and updates. Source: <c>tf.Variable.scatter_min</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <param name="updates">What is compared: the dimensions of <paramref name="indices"/>, then those of an entry.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterMin(Tensor indices, Tensor updates) => Scatter(variable, indices, updates, ScatterReduction.Minimum);

        /// <summary>Changes entries at positions that name several leading dimensions. Source: <c>tf.Variable.scatter_nd_update</c>, <c>scatter_nd_add</c> and their kind.</summary>
        /// <param name="indices">Integers whose last dimension holds one position each.</param>
        /// <param name="updates">The dimensions of the positions, then those of an entry.</param>
        /// <param name="reduction">How an update meets what is there.</param>
        /// <returns>The variable.</returns>
        /// <exception cref="TapestryException">Shapes or dtypes do not fit, or an index is out of range.</exception>
        public Variable ScatterNdUpdate(Tensor indices, Tensor updates, ScatterReduction reduction = ScatterReduction.Replace) => variable.Assign(Ops.ScatterUpdate(variable.Value, indices, updates, reduction));

        /// <summary>Entries of the first dimension. Source: <c>tf.Variable.sparse_read</c>.</summary>
        /// <param name="indices">Integers: the positions.</param>
        /// <exception cref="TapestryException">An index is out of range.</exception>
        public Tensor SparseRead(Tensor indices) => Ops.Gather(variable.Value, indices);
    }

    static Variable Scatter(Variable variable, Tensor indices, Tensor updates, ScatterReduction reduction) => variable.Assign(Scattered(variable.Value, indices, updates, reduction));

    static Tensor Scattered(Tensor value, Tensor indices, Tensor updates, ScatterReduction reduction) =>
        GatherNdEntry.Scattered(value, Positions.Normalize("Variable.Scatter", indices), updates.Weakness == ScalarKind.None ? updates : Promotion.To(updates, value.DType), reduction);
}
