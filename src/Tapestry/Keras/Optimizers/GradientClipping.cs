namespace Tapestry.Keras.Optimizers;

/// <summary>Limits gradients in one of three ways; of a list of rows each row counts on its own, and a limit of 0 is none, as in Keras.</summary>
sealed class GradientClipping
{
    /// <summary>The greatest norm of one gradient.</summary>
    internal double? Norm { get; set => field = Only(value, "Clipnorm", Value, GlobalNorm); }

    /// <summary>The greatest magnitude of an element.</summary>
    internal double? Value { get; set => field = Only(value, "Clipvalue", Norm, GlobalNorm); }

    /// <summary>The greatest norm of all gradients together.</summary>
    internal double? GlobalNorm { get; set => field = Only(value, "GlobalClipnorm", Norm, Value); }

    /// <summary>Limits gradients in place of the list.</summary>
    internal void Apply(Tensor[] gradients)
    {
        if (Norm is { } norm and > 0)
        {
            for (var i = 0; i < gradients.Length; i++) gradients[i] = IndexedSlices.Map(gradients[i], gradient => ByNorm(gradient, norm));
        }
        else if (GlobalNorm is { } global and > 0)
        {
            var scale = GlobalScale(gradients, global);
            for (var i = 0; i < gradients.Length; i++) gradients[i] = IndexedSlices.Map(gradients[i], gradient => gradient * Ops.Cast(scale, gradient.DType));
        }
        else if (Value is { } value and > 0)
        {
            for (var i = 0; i < gradients.Length; i++) gradients[i] = IndexedSlices.Map(gradients[i], gradient => Ops.Minimum(Ops.Maximum(gradient, -value), value));
        }
    }

    static Tensor ByNorm(Tensor gradient, double norm) => gradient * norm / Ops.Maximum(Ops.Sqrt(Ops.Sum(Ops.Square(gradient))), norm);

    // An infinite norm, or one that is no number, makes every gradient NaN, so that it does not go unseen.
    static Tensor GlobalScale(Tensor[] gradients, double norm)
    {
        var squares = SumOfSquares(gradients[0]);
        for (var i = 1; i < gradients.Length; i++) squares += SumOfSquares(gradients[i]);
        var length = Ops.Sqrt(squares);
        return Ops.Where(Ops.IsFinite(length), norm * Ops.Minimum(1.0 / length, 1.0 / norm), double.NaN);
    }

    static Tensor SumOfSquares(Tensor gradient) => Ops.Sum(Ops.Square(IndexedSlices.WithoutDerivatives(gradient)?.Values ?? gradient));

    static double? Only(double? value, string name, double? other, double? another)
    {
        if (value is not null && (other ?? another) is not null) throw new TapestryException($"Optimizer.{name}", "only one kind of clipping can be chosen", "a second one", "one of Clipnorm, Clipvalue and GlobalClipnorm", "Leave two of them null.");
        if (value is not (null or (>= 0 and < double.PositiveInfinity))) throw new TapestryException($"Optimizer.{name}", "outside its range", $"{value}", "a finite number of at least 0, or null", "Leave it null, or choose 0, for gradients of any size.");
        return value;
    }
}
