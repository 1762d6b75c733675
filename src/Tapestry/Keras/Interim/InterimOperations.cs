namespace Tapestry.Keras;

/// <summary>
/// The operations that losses, metrics and optimizers need, plainly written, until their own families are there. Being in an inner
/// namespace they hide those of the same names; delete this folder when the families exist.
/// </summary>
static class InterimOperations
{
    extension(Ops)
    {
        internal static Tensor Square(Tensor x) => x * x;

        internal static Tensor Sqrt(Tensor x) => Unary("Sqrt", x, static a => Math.Sqrt(a), static (x, y, upstream) => upstream * 0.5 / y);

        internal static Tensor Rsqrt(Tensor x) => Unary("Rsqrt", x, static a => 1 / Math.Sqrt(a), static (x, y, upstream) => upstream * -0.5 * y * y * y);

        internal static Tensor Sign(Tensor x) => Unary("Sign", x, static a => Math.Sign(a), null);

        internal static Tensor Abs(Tensor x) => Unary("Abs", x, static a => Math.Abs(a), static (x, y, upstream) => upstream * Ops.Sign(x));

        internal static Tensor Log(Tensor x) => Unary("Log", x, static a => Math.Log(a), static (x, y, upstream) => upstream / x);

        internal static Tensor Exp(Tensor x) => Unary("Exp", x, static a => Math.Exp(a), static (x, y, upstream) => upstream * y);

        internal static Tensor Softplus(Tensor x) => Unary("Softplus", x, static a => Math.Max(a, 0) + Log1p(Math.Exp(-Math.Abs(a))), static (x, y, upstream) => upstream * Ops.Sigmoid(x));

        internal static Tensor Sigmoid(Tensor x) => Unary("Sigmoid", x, static a => 1 / (1 + Math.Exp(-a)), static (x, y, upstream) => upstream * y * (1.0 - y));

        internal static Tensor Tanh(Tensor x) => Unary("Tanh", x, static a => Math.Tanh(a), static (x, y, upstream) => upstream * (1.0 - y * y));

        internal static Tensor IsFinite(Tensor x) => Unary("IsFinite", x, static a => double.IsFinite(a) ? 1 : 0, null, DType.Bool);

        internal static Tensor LogicalNot(Tensor x) => Unary("LogicalNot", x, static a => a == 0 ? 1 : 0, null, DType.Bool);

        internal static Tensor Pow(Tensor x, Tensor y) => Binary("Pow", x, y, static (a, b) => Math.Pow(a, b), static (x, y, z, upstream) => (upstream * y * Ops.Pow(x, y - 1.0), null));

        internal static Tensor Maximum(Tensor x, Tensor y) => Binary("Maximum", x, y, static (a, b) => Math.Max(a, b), static (x, y, z, upstream) => (upstream * As(Ops.GreaterEqual(x, y), upstream), upstream * As(Ops.Less(x, y), upstream)));

        internal static Tensor Minimum(Tensor x, Tensor y) => Binary("Minimum", x, y, static (a, b) => Math.Min(a, b), static (x, y, z, upstream) => (upstream * As(Ops.LessEqual(x, y), upstream), upstream * As(Ops.Greater(x, y), upstream)));

        internal static Tensor Divide(Tensor x, Tensor y) => Binary("Divide", x, y, static (a, b) => a / b, static (x, y, z, upstream) => (upstream / y, -upstream * z / y));

        internal static Tensor DivideNoNan(Tensor x, Tensor y) => Binary("DivideNoNan", x, y, static (a, b) => b == 0 ? 0 : a / b, static (x, y, z, upstream) => (Ops.DivideNoNan(upstream, y), -Ops.DivideNoNan(upstream * z, y)));

        internal static Tensor FloorDiv(Tensor x, Tensor y) => Binary("FloorDiv", x, y, static (a, b) => Math.Floor(a / b), null);

        internal static Tensor FloorMod(Tensor x, Tensor y) => Binary("FloorMod", x, y, static (a, b) => a - b * Math.Floor(a / b), null);

        internal static Tensor Equal(Tensor x, Tensor y) => Binary("Equal", x, y, static (a, b) => a == b ? 1 : 0, null, DType.Bool);

        internal static Tensor NotEqual(Tensor x, Tensor y) => Binary("NotEqual", x, y, static (a, b) => a != b ? 1 : 0, null, DType.Bool);

        internal static Tensor Greater(Tensor x, Tensor y) => Binary("Greater", x, y, static (a, b) => a > b ? 1 : 0, null, DType.Bool);

        internal static Tensor GreaterEqual(Tensor x, Tensor y) => Binary("GreaterEqual", x, y, static (a, b) => a >= b ? 1 : 0, null, DType.Bool);

        internal static Tensor Less(Tensor x, Tensor y) => Binary("Less", x, y, static (a, b) => a < b ? 1 : 0, null, DType.Bool);

        internal static Tensor LessEqual(Tensor x, Tensor y) => Binary("LessEqual", x, y, static (a, b) => a <= b ? 1 : 0, null, DType.Bool);

        internal static Tensor LogicalAnd(Tensor x, Tensor y) => Binary("LogicalAnd", x, y, static (a, b) => a != 0 && b != 0 ? 1 : 0, null, DType.Bool);

        internal static Tensor LogicalOr(Tensor x, Tensor y) => Binary("LogicalOr", x, y, static (a, b) => a != 0 || b != 0 ? 1 : 0, null, DType.Bool);

        internal static Tensor Where(Tensor condition, Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return new InterimElementwiseOp(
                "Where",
                static (c, a, b) => c != 0 ? a : b,
                null,
                static context =>
                {
                    var upstream = context.Upstream(0);
                    if (context.Needs(1)) context.Return(1, Broadcasting.SumBack(upstream * As(context.Input(0), upstream), context.Input(1)));
                    if (context.Needs(2)) context.Return(2, Broadcasting.SumBack(upstream * As(Ops.LogicalNot(context.Input(0)), upstream), context.Input(2)));
                }).Apply(condition, x, y);
        }

        internal static Tensor All(Tensor x, Axes? axis = null, bool keepdims = false) => Reduce("All", x, axis, keepdims, DType.Bool);

        internal static Tensor Any(Tensor x, Axes? axis = null, bool keepdims = false) => Reduce("Any", x, axis, keepdims, DType.Bool);

        internal static Tensor Sum(Tensor x, Axes? axis = null, bool keepdims = false) => Reduce("Sum", x, axis, keepdims);

        internal static Tensor Mean(Tensor x, Axes? axis = null, bool keepdims = false) => Reduce("Mean", x, axis, keepdims);

        internal static Tensor Max(Tensor x, Axes? axis = null, bool keepdims = false) => Reduce("Max", x, axis, keepdims);

        internal static Tensor ArgMax(Tensor x, int axis) => Reduce("ArgMax", x, axis, false, DType.Int64);

        internal static Tensor OneHot(Tensor x, int depth, DType? dtype = null) =>
            Ops.Cast(Ops.Equal(Ops.ExpandDims(x, -1), Ops.Cast(Enumerable.Range(0, depth).ToArray(), x.DType)), dtype ?? DType.DefaultFloat);

        internal static Tensor ExpandDims(Tensor x, int axis) => Tapestry.Interim.ExpandDims(x, axis);

        internal static Tensor Squeeze(Tensor x, int axis) => Tapestry.Interim.Squeeze(x, axis);

        internal static Tensor Transpose(Tensor x) => Tapestry.Interim.Transpose(x, [1, 0]);

        internal static Tensor Eye(int rows, DType? dtype = null) => new IdentityInitializer().Apply([rows, rows], dtype);
    }

    extension(Tensor)
    {
        public static Tensor operator /(Tensor x, Tensor y) => Ops.Divide(x, y);
    }

    extension(Variable)
    {
        public static Tensor operator /(Variable x, Tensor y) => Ops.Divide(x, y);
    }

    static double Log1p(double x) => Math.Abs(x) < 1e-4 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x);

    static Tensor As(Tensor condition, Tensor like) => Ops.Cast(condition, like.DType);

    static Tensor Unary(string name, Tensor x, Func<double, double> body, Func<Tensor, Tensor, Tensor, Tensor>? gradient, DType? dtype = null) => new InterimElementwiseOp(
        name,
        (a, _, _) => body(a),
        dtype,
        gradient is null ? null : context => context.Return(0, gradient(context.Input(0), context.Output(0), context.Upstream(0)))).Apply(Promotion.To(x, x.DType));

    static Tensor Binary(string name, Tensor x, Tensor y, Func<double, double, double> body, Func<Tensor, Tensor, Tensor, Tensor, (Tensor Left, Tensor? Right)>? gradient, DType? dtype = null)
    {
        Promotion.Unify(ref x, ref y);
        return new InterimElementwiseOp(
            name,
            (a, b, _) => body(a, b),
            dtype,
            gradient is null ? null : context =>
            {
                var (left, right) = gradient(context.Input(0), context.Input(1), context.Output(0), context.Upstream(0));
                if (context.Needs(0)) context.Return(0, Broadcasting.SumBack(left, context.Input(0)));
                if (context.Needs(1) && right is not null) context.Return(1, Broadcasting.SumBack(right, context.Input(1)));
            }).Apply(x, y);
    }

    static Tensor Reduce(string name, Tensor x, Axes? axis, bool keepdims, DType? dtype = null) =>
        new InterimReductionOp(name, (axis?.Numbers ?? Enumerable.Range(0, x.Rank).ToArray()).Select(each => each < 0 ? each + x.Rank : each).ToArray(), keepdims, dtype).Apply(Promotion.To(x, x.DType));
}

/// <summary>Axes of a reduction.</summary>
public readonly struct Axes
{
    Axes(int[] numbers)
    {
        Numbers = numbers;
    }

    /// <summary>The numbers of the axes; negative ones count from the end.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>One axis.</summary>
    public static implicit operator Axes(int axis) => new([axis]);

    /// <summary>Several axes.</summary>
    public static implicit operator Axes(int[] axes) => new([.. axes]);
}
