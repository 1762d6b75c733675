namespace Tapestry;

/// <summary>Indexing: <c>x[0]</c>, <c>x[.., 1..3]</c>, <c>x[^1]</c>, masks and lists of positions.</summary>
public static class GetItemEntry
{
    extension(Ops)
    {
        /// <summary>
        /// Part of a tensor by one index for each leading dimension, as NumPy and TensorFlow index: numbers drop their dimension, ranges keep it and are cut to what exists, <see cref="TensorIndex.Ellipsis"/>
        /// stands for the dimensions left over, <see cref="TensorIndex.NewAxis"/> inserts one; integer tensors pick positions (negative ones count from the end), bool tensors the places that are true.
        /// Source: <c>tf.Tensor.__getitem__</c>, <c>numpy.ndarray.__getitem__</c>.
        /// </summary>
        /// <param name="x">A tensor.</param>
        /// <param name="indices">The indices.</param>
        /// <exception cref="TapestryException">There are more indices than dimensions, or a position does not exist.</exception>
        public static Tensor GetItem(Tensor x, params ReadOnlySpan<TensorIndex> indices)
        {
            var taken = 0;
            var ellipsis = -1;
            for (var i = 0; i < indices.Length; i++)
            {
                if (indices[i].Kind == TensorIndexKind.Ellipsis) ellipsis = ellipsis < 0 ? i : throw new TapestryException("GetItem", "there is more than one ellipsis", expected: "one at most");
                taken += Width(indices[i]);
            }

            if (taken > x.Rank) throw new TapestryException("GetItem", "there are more indices than dimensions", $"{taken} indices, {x.Spec}", $"at most {x.Rank}");
            return new Indexing(x, x.Rank - taken).Apply(indices);
        }
    }

    /// <summary>How many dimensions of the tensor an index uses up.</summary>
    static int Width(TensorIndex index) => index.Kind switch
    {
        TensorIndexKind.Ellipsis or TensorIndexKind.NewAxis => 0,
        TensorIndexKind.Tensor when index.Tensor!.DType == DType.Bool => index.Tensor.Rank,
        _ => 1,
    };

    /// <summary>Translates indices into slices, dropped and new dimensions, and picked positions.</summary>
    sealed class Indexing(Tensor x, int leftOver)
    {
        readonly List<SliceRange> ranges = [];
        readonly List<int> dropped = [];
        readonly List<int> inserted = [];

        // The tensors that pick positions, with the axis of the result of slicing that each belongs to.
        readonly List<(int Axis, Tensor Positions)> picks = [];
        int place;

        internal Tensor Apply(ReadOnlySpan<TensorIndex> indices)
        {
            foreach (var index in indices) Add(index);
            var result = ranges.TrueForAll(range => range.IsAll) ? x : new StridedSliceOp(ranges.ToArray()).Apply(x);
            if (dropped.Count > 0) result = new SqueezeOp(dropped.ToArray()).Apply(result);
            if (inserted.Count > 0) result = new ExpandDimsOp(inserted.ToArray()).Apply(result);
            return picks.Count == 0 ? result : Pick(result);
        }

        void Add(TensorIndex index)
        {
            switch (index.Kind)
            {
                case TensorIndexKind.Ellipsis:
                    for (var i = 0; i < leftOver; i++) Keep(SliceRange.All);
                    break;
                case TensorIndexKind.NewAxis:
                    inserted.Add(place++);
                    break;
                case TensorIndexKind.Position:
                    dropped.Add(ranges.Count);
                    ranges.Add(new SliceRange(index.Start.Value, index.Start.IsFromEnd, null, false, 1, IsPosition: true));
                    break;
                case TensorIndexKind.Tensor:
                    AddTensor(index.Tensor!);
                    break;
                default:
                    var open = index.Kind == TensorIndexKind.OpenSlice || (index.Step > 0 && index.Stop.Equals(Index.End));
                    Keep(new SliceRange(index.Start.Value, index.Start.IsFromEnd, open ? null : index.Stop.Value, index.Stop.IsFromEnd, index.Step, false));
                    break;
            }
        }

        void AddTensor(Tensor tensor)
        {
            if (tensor.DType != DType.Bool)
            {
                if (!tensor.DType.IsInteger) throw new TapestryException("GetItem", "a tensor that indexes has another dtype", tensor.Spec.ToString(), "integers or bool");
                picks.Add((place, tensor));
                Keep(SliceRange.All);
                return;
            }

            for (var i = 0; i < tensor.Rank; i++)
            {
                var (have, mask) = (x.Shape[ranges.Count + i], tensor.Shape[i]);
                if (have != mask && have >= 0 && mask >= 0) throw new TapestryException("GetItem", "the mask has another shape", $"{tensor.Spec} for {x.Spec}", $"{have} along dimension {i} of the mask");
            }

            var places = Ops.Where(tensor);
            for (var i = 0; i < tensor.Rank; i++)
            {
                picks.Add((place, Ops.Squeeze(new StridedSliceOp(new[] { SliceRange.All, SliceRange.Of(i, 1) }).Apply(places), 1)));
                Keep(SliceRange.All);
            }
        }

        void Keep(SliceRange range)
        {
            ranges.Add(range);
            place++;
        }

        Tensor Pick(Tensor sliced)
        {
            if (picks.Count == 1) return Ops.Take(sliced, picks[0].Positions, picks[0].Axis);
            var axes = picks.Select(pick => pick.Axis).ToArray();
            var positions = picks.Select(pick => Ops.Cast(Positions.Wrap(pick.Positions, sliced, pick.Axis), DType.Int64)).ToArray();
            var common = positions.Skip(1).Aggregate(positions[0], (a, b) => Ops.ZerosLike(a + b));
            var nested = Ops.Stack([.. positions.Select(position => Ops.BroadcastLike(position, common))], -1);
            int[] order = [.. axes, .. Enumerable.Range(0, sliced.Rank).Except(axes)];
            var picked = Ops.GatherNd(Ops.Transpose(sliced, order), nested);
            // Neighbouring indices leave their dimensions in place; others put them in front.
            if (axes[^1] - axes[0] != axes.Length - 1) return picked;
            var width = nested.Rank - 1;
            return Ops.MoveAxis(picked, [.. Enumerable.Range(0, width)], [.. Enumerable.Range(axes[0], width)]);
        }
    }
}
