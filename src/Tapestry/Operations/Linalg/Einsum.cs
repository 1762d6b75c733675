namespace Tapestry;

/// <summary>Sums of products in Einstein's notation.</summary>
public static class EinsumEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The sum of products that an equation describes: <c>"ij,jk-&gt;ik"</c> is a matrix product, <c>"ii-&gt;i"</c> a diagonal, <c>"bij-&gt;bj"</c> a sum.
        /// Every axis has a letter; letters that the result lacks are summed over; <c>...</c> stands for axes that broadcast. Without an arrow the result
        /// has the letters that occur once, in alphabetical order. Lowers to transpositions, reshapes, matrix products and sums. Source: <c>keras.ops.einsum</c>.
        /// </summary>
        /// <param name="equation">The equation.</param>
        /// <param name="operands">A tensor for each term. int8 operands alone give int32.</param>
        /// <exception cref="TapestryException">The equation cannot be read, or does not fit the operands.</exception>
        public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands)
        {
            ArgumentNullException.ThrowIfNull(equation);
            if (operands.IsEmpty) throw new TapestryException("Einsum", "there are no operands", $"\"{equation}\"", "at least one");
            var parsed = EinsumEquation.Parse(equation, operands);
            CheckDimensions(equation, parsed, operands);
            var terms = Unify(operands).Zip(parsed.Inputs, (tensor, labels) => Diagonal(new Term(tensor, labels))).ToList();
            var result = terms[0];
            for (var i = 0; i < terms.Count; i++)
            {
                HashSet<int> later = [.. parsed.Output, .. terms.Skip(i + 1).SelectMany(term => term.Labels)];
                result = i == 0 ? SumOut(result, later) : Contract(result, SumOut(terms[i], [.. later, .. result.Labels]), later);
            }

            return Arrange(result, parsed.Output).Tensor;
        }
    }

    /// <summary>A tensor with a label for every axis.</summary>
    readonly record struct Term(Tensor Tensor, int[] Labels)
    {
        internal int Length(int label) => Tensor.Shape[Array.IndexOf(Labels, label)];
    }

    static Tensor[] Unify(ReadOnlySpan<Tensor> operands)
    {
        var dtype = operands[0].DType;
        foreach (var operand in operands[1..]) dtype = TypePromotion.Of(dtype, operand.DType);
        if (dtype == DType.Int8) dtype = DType.Int32;
        var unified = new Tensor[operands.Length];
        for (var i = 0; i < unified.Length; i++) unified[i] = Promotion.To(operands[i], dtype);
        return unified;
    }

    static void CheckDimensions(string equation, EinsumEquation parsed, ReadOnlySpan<Tensor> operands)
    {
        var lengths = new Dictionary<int, int>();
        for (var i = 0; i < operands.Length; i++)
        {
            for (var axis = 0; axis < operands[i].Rank; axis++)
            {
                var (label, length) = (parsed.Inputs[i][axis], operands[i].Shape[axis]);
                if (length == Shape.Unknown || (label < 0 && length == 1)) continue;
                if (lengths.TryAdd(label, length) || lengths[label] == length) continue;
                var name = label < 0 ? "an axis of the ellipsis" : $"'{(char)label}'";
                throw new TapestryException("Einsum", $"{name} has the lengths {lengths[label]} and {length}", $"\"{equation}\" with {string.Join(", ", operands.ToArray().Select(operand => operand.Spec))}", "one length for each letter");
            }
        }
    }

    /// <summary>Keeps of two axes with the same label the elements with equal indices.</summary>
    static Term Diagonal(Term term)
    {
        var labels = term.Labels.ToList();
        var tensor = term.Tensor;
        for (var first = 0; first < labels.Count; first++)
        {
            var second = labels.LastIndexOf(labels[first]);
            if (second == first) continue;
            var label = labels[first];
            tensor = Ops.MatrixDiagPart(Ops.MoveAxis(Ops.MoveAxis(tensor, second, -1), first, -2));
            labels.RemoveAt(second);
            labels.RemoveAt(first);
            labels.Add(label);
            first = -1;
        }

        return new Term(tensor, [.. labels]);
    }

    /// <summary>Sums over the axes that nobody needs any more.</summary>
    static Term SumOut(Term term, HashSet<int> needed)
    {
        int[] axes = [.. Enumerable.Range(0, term.Labels.Length).Where(axis => !needed.Contains(term.Labels[axis]))];
        return axes.Length == 0 ? term : new Term(Ops.Sum(term.Tensor, axes), [.. term.Labels.Where(needed.Contains)]);
    }

    /// <summary>The product of two terms, summed over the labels that both have and nobody needs later.</summary>
    static Term Contract(Term a, Term b, HashSet<int> later)
    {
        int[] shared = [.. a.Labels.Intersect(b.Labels)];
        int[] batch = [.. shared.Where(later.Contains)], summed = [.. shared.Where(label => !later.Contains(label))];
        int[] left = [.. a.Labels.Except(shared)], right = [.. b.Labels.Except(shared)];
        if (summed.Length == 0 && (left.Length == 0 || right.Length == 0)) return Multiply(a, b);
        // Summing a label of length 1 on one side only: a product would not stretch it.
        foreach (var label in summed)
        {
            if (a.Length(label) != b.Length(label) && (a.Length(label) == 1 || b.Length(label) == 1)) return SumOut(Multiply(a, b), later);
        }

        var (x, transposeX) = Matrices(a, batch, left, summed);
        var (y, transposeY) = Matrices(b, batch, right, summed);
        var product = Ops.MatMul(x, y, transposeX, !transposeY);
        int[] lengths = [.. product.Shape.Dimensions[..batch.Length], .. left.Select(a.Length), .. right.Select(b.Length)];
        if (left.Length != 1 || right.Length != 1) product = Ops.Reshape(product, lengths);
        return new Term(product, [.. batch, .. left, .. right]);
    }

    /// <summary>A term as matrices [batch…, free, summed], or, where its axes lie so, [batch…, summed, free].</summary>
    static (Tensor Tensor, bool Transposed) Matrices(Term term, int[] batch, int[] free, int[] summed)
    {
        var transposed = term.Labels.AsSpan().SequenceEqual([.. batch, .. summed, .. free]) && free.Length > 0 && summed.Length > 0;
        var (rows, columns) = transposed ? (summed, free) : (free, summed);
        var arranged = Arrange(term, [.. batch, .. rows, .. columns]).Tensor;
        if (rows.Length == 1 && columns.Length == 1) return (arranged, transposed);
        var shape = arranged.Shape;
        var lengths = new int[batch.Length + 2];
        shape.Dimensions[..batch.Length].CopyTo(lengths);
        lengths[^2] = Product(shape.Dimensions.Slice(batch.Length, rows.Length));
        lengths[^1] = Product(shape.Dimensions[(batch.Length + rows.Length)..]);
        return (Ops.Reshape(arranged, lengths), transposed);
    }

    static int Product(ReadOnlySpan<int> dimensions)
    {
        var product = 1;
        foreach (var dimension in dimensions)
        {
            if (dimension == Shape.Unknown) return Shape.Unknown;
            product *= dimension;
        }

        return product;
    }

    /// <summary>The product element by element, broadcast over the labels of both.</summary>
    static Term Multiply(Term a, Term b)
    {
        int[] labels = [.. a.Labels, .. b.Labels.Except(a.Labels)];
        return new Term(Spread(a, labels) * Spread(b, labels), labels);
    }

    /// <summary>A term with axes of length 1 for the labels that it lacks.</summary>
    static Tensor Spread(Term term, int[] labels)
    {
        var tensor = Arrange(term, [.. labels.Where(term.Labels.Contains)]).Tensor;
        for (var i = 0; i < labels.Length; i++)
        {
            if (!term.Labels.Contains(labels[i])) tensor = Ops.ExpandDims(tensor, i);
        }

        return tensor;
    }

    /// <summary>A term with its axes in the order of the labels.</summary>
    static Term Arrange(Term term, int[] labels)
    {
        if (term.Labels.AsSpan().SequenceEqual(labels)) return term;
        int[] order = [.. labels.Select(label => Array.IndexOf(term.Labels, label))];
        return new Term(Ops.Transpose(term.Tensor, order), labels);
    }
}
