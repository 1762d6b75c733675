using static Tapestry.Tests.Contracts.Operations.OpValues;
using static Tapestry.Tests.Kernels.Simd.Reference;

namespace Tapestry.Tests.Contracts.Operations;

/// <summary>Arithmetic, functions, comparisons, reductions, matrices.</summary>
static class MathRows
{
    const double Infinity = double.PositiveInfinity;

    internal static IEnumerable<OpRow> All =>
    [
        new(new NegativeOp(), X(3, 4)) { Reference = x => -x },
        new(new AbsOp(), X(3, 4)) { Reference = Math.Abs, Singular = [([0], [0]), ([-0.0], [0])] },
        new(new SignOp(), X(3, 4)) { Reference = x => double.IsNaN(x) ? x : Math.Sign(x) },
        new(new FloorOp(), Between(5, -3, 3, 3, 4)) { Reference = Math.Floor },
        new(new CeilingOp(), Between(5, -3, 3, 3, 4)) { Reference = Math.Ceiling },
        new(new RoundOp(), Between(5, -3, 3, 3, 4)) { Reference = Math.Round },
        new(new SquareOp(), X(3, 4)) { Reference = x => x * x },
        new(new SqrtOp(), Positive(3, 4)) { Reference = Math.Sqrt, Singular = [([0], [Infinity]), ([-0.0], [-Infinity]), ([-1], [double.NaN])] },
        new(new RsqrtOp(), Positive(3, 4)) { Reference = x => 1 / Math.Sqrt(x), Units = (1.5, 0), Singular = [([0], [-Infinity]), ([-0.0], [Infinity])] },
        new(new CbrtOp(), X(3, 4)) { Reference = Math.Cbrt, Units = (1, 2), Singular = [([0], [Infinity]), ([-0.0], [Infinity])] },
        new(new ReciprocalOp(), Positive(3, 4)) { Reference = x => 1 / x, Singular = [([0], [-Infinity]), ([-0.0], [-Infinity])] },
        new(new ExpOp(), X(3, 4)) { Reference = Math.Exp, Units = (1, 2) },
        new(new Expm1Op(), X(3, 4)) { Reference = Expm1, Units = (2, 4) },
        new(new LogOp(), Positive(3, 4)) { Reference = Math.Log, Units = (1, 1.5), Singular = [([0], [Infinity]), ([-0.0], [-Infinity])] },
        new(new Log1pOp(), Positive(3, 4)) { Reference = Log1p, Units = (1.5, 2), Singular = [([-1], [Infinity])] },
        new(new SinOp(), X(3, 4)) { Reference = Math.Sin, Units = (1.5, 1.5) },
        new(new CosOp(), X(3, 4)) { Reference = Math.Cos, Units = (1.5, 1.5) },
        new(new TanOp(), X(3, 4)) { Reference = Math.Tan, Units = (3.5, 1.5) },
        new(new AsinOp(), Between(5, -0.8, 0.8, 3, 4)) { Reference = Math.Asin, Units = (2, 1.5), Singular = [([1], [Infinity]), ([-1], [Infinity])] },
        new(new AcosOp(), Between(5, -0.8, 0.8, 3, 4)) { Reference = Math.Acos, Units = (2, 1.5), Singular = [([1], [-Infinity]), ([-1], [-Infinity])] },
        new(new AtanOp(), X(3, 4)) { Reference = Math.Atan, Units = (2, 1.5) },
        new(new SinhOp(), X(3, 4)) { Reference = Math.Sinh, Units = (2, 1.5) },
        new(new CoshOp(), X(3, 4)) { Reference = Math.Cosh, Units = (2, 1.5) },
        new(new TanhOp(), X(3, 4)) { Reference = Math.Tanh, Units = (2.4, 4.5) },
        new(new AsinhOp(), X(3, 4)) { Reference = Math.Asinh, Units = (3, 2) },
        new(new AcoshOp(), Between(5, 1.3, 3, 3, 4)) { Reference = Math.Acosh, Units = (3, 2), Singular = [([1], [Infinity])] },
        new(new AtanhOp(), Between(5, -0.8, 0.8, 3, 4)) { Reference = Math.Atanh, Units = (3, 2), Singular = [([1], [Infinity]), ([-1], [Infinity])] },
        new(new ErfOp(), X(3, 4)) { Reference = Erf, Units = (1.5, 3) },
        new(new SigmoidOp(), X(3, 4)) { Reference = Sigmoid, Units = (2.4, 3) },
        new(new SoftplusOp(), X(3, 4)) { Reference = Softplus, Units = (2, 3) },
        new(new CastOp(DType.Float64), X(3, 4)),
        new(new CastOp(DType.Int32), Between(5, -3, 3, 3, 4)) { Gradient = OpGradient.None },
        new(new ConjOp(), Ops.Complex(X(3, 4), Y(3, 4))),
        new(new RealOp(), Ops.Complex(X(3, 4), Y(3, 4))),
        new(new ImagOp(), Ops.Complex(X(3, 4), Y(3, 4))),
        new(new ComplexAbsOp(), Ops.Complex(X(3, 4), Y(3, 4))),
        new(new ComplexOp(), X(3, 4), Y(3, 4)),

        new(new AddOp(), X(3, 4), Y(4)) { ReferenceOfTwo = (x, y) => x + y },
        new(new SubtractOp(), X(1, 4), Y(3, 1)) { ReferenceOfTwo = (x, y) => x - y },
        new(new MultiplyOp(), X(2, 3, 4), Y(3, 1)) { ReferenceOfTwo = (x, y) => x * y },
        new(new DivideOp(), X(3, 4), Positive(3, 4)) { ReferenceOfTwo = (x, y) => x / y, Singular = [([1, 0], [Infinity, -Infinity]), ([0, 0], [Infinity, double.NaN])] },
        new(new DivideNoNanOp(), X(3, 4), Positive(4)) { ReferenceOfTwo = (x, y) => y == 0 ? 0 : x / y, Singular = [([1, 0], [0, 0]), ([0, 0], [0, 0])] },
        new(new FloorDivOp(), Between(5, -3, 3, 3, 4), Positive(4)),
        new(new FloorModOp(), Between(5, -3, 3, 3, 4), Positive(4)),
        new(new MaximumOp(), X(3, 4), Y(3, 4)) { ReferenceOfTwo = (x, y) => double.IsNaN(x) || x > y ? x : y, Singular = [([1, 1], [1, 0]), ([0, -0.0], [1, 0])] },
        new(new MinimumOp(), X(3, 4), Y(4)) { ReferenceOfTwo = (x, y) => double.IsNaN(x) || x < y ? x : y, Singular = [([1, 1], [1, 0]), ([0, -0.0], [1, 0])] },
        new(new PowOp(), Positive(3, 4), Y(4))
        {
            ReferenceOfTwo = Math.Pow, Units = (1.6, 0),
            Singular = [([0, 0], [double.NaN, 0]), ([0, -0.0], [double.NaN, 0]), ([-0.0, 0], [double.NaN, 0]), ([-0.0, -0.0], [double.NaN, 0]), ([0, 0.5], [Infinity, 0]), ([-0.0, 0.5], [Infinity, 0])],
        },
        new(new Atan2Op(), X(3, 4), Y(3, 4))
        {
            ReferenceOfTwo = Math.Atan2, Units = (2, 0),
            Singular = [([0, 0], [double.NaN, double.NaN]), ([0, -0.0], [double.NaN, double.NaN]), ([-0.0, 0], [double.NaN, double.NaN]), ([-0.0, -0.0], [double.NaN, double.NaN])],
        },
        new(new HypotOp(), X(3, 4), Y(3, 1)) { ReferenceOfTwo = double.Hypot, Units = (1.5, 1.5), Singular = [([0, 0], [0, 0]), ([-0.0, 0], [0, 0])] },
        new(new SquaredDifferenceOp(), X(3, 4), Y(3, 1)) { ReferenceOfTwo = (x, y) => (x - y) * (x - y), Units = (2, 0) },
        new(new SqrtGradientOp(), X(3, 4), Positive(3, 4))
        {
            ReferenceOfTwo = (x, y) => x == 0 ? 0 : x / y,
            Singular = [([0, 0], [Infinity, 0]), ([-0.0, 0], [Infinity, 0]), ([0, -0.0], [-Infinity, 0]), ([-0.0, -0.0], [-Infinity, 0])],
        },
        new(new AddOp(), Integers([3], 1, -2, 3), Integers([1], 7)),

        new(new EqualOp(), Integers([3], 1, 2, 3), Integers([3], 1, 0, 3)),
        new(new NotEqualOp(), Integers([3], 1, 2, 3), Integers([1], 1)),
        new(new LessOp(), X(3, 4), Y(3, 4)),
        new(new LessEqualOp(), X(3, 4), Y(4)),
        new(new GreaterOp(), X(3, 4), Y(3, 4)),
        new(new GreaterEqualOp(), X(3, 1), Y(4)),
        new(new IsFiniteOp(), Ops.Divide(X(3), Ops.Cast(Integers([3], 1, 0, 1), DType.Float64))),
        new(new IsInfOp(), Ops.Divide(X(3), Ops.Cast(Integers([3], 1, 0, 1), DType.Float64))),
        new(new IsNaNOp(), Ops.Log(X(3, 4))),
        new(new LogicalAndOp(), Bools(1, 3, 4), Bools(2, 4)),
        new(new LogicalOrOp(), Bools(1, 3, 4), Bools(2, 3, 4)),
        new(new LogicalXorOp(), Bools(1, 3, 1), Bools(2, 4)),
        new(new WhereOp(), Bools(1, 3, 1), X(3, 4), Y(4)),
        new(new NonZeroOp(), Bools(1, 3, 4)),

        new(new SumOp([1], false), X(3, 4)),
        new(new SumOp([0, 2], true), X(3, 4, 2)),
        new(new MeanOp([0], true), X(3, 4)),
        new(new ProdOp([1], false), X(3, 4)),
        new(new ProdOp([0, 1], false), X(3, 2)),
        new(new MaxOp([1], false), X(3, 4)),
        new(new MinOp([0], false), X(3, 4)),
        new(new AllOp([1], false), Bools(1, 3, 2)),
        new(new AnyOp([0], true), Bools(1, 3, 4)),
        new(new ArgMaxOp(1), X(3, 4)),
        new(new ArgMinOp(0), X(3, 4)),
        new(new SumToShapeOfOp(), X(3, 4), Y(1, 4)) { Given = [1] },
        new(new SumToShapeOfOp(), X(2, 3, 4), Y(3, 1)) { Given = [1] },
        new(new SizeRatioOp(), X(3, 4), Y(4)),
        new(new CumsumOp(1, Exclusive: true, Reverse: false), X(3, 4)),
        new(new CumsumOp(0, Exclusive: false, Reverse: true), X(3, 4)),
        new(new CumprodOp(1, Exclusive: false, Reverse: false), X(3, 4)),
        new(new CumprodOp(0, Exclusive: true, Reverse: true), X(3, 4)),
        new(new SortOp(Descending: false, null), X(3, 4)),
        new(new SortOp(Descending: true, 2), X(3, 4)),

        new(new MatMulOp(false, false), X(3, 4), Y(4, 2)),
        new(new MatMulOp(true, false), X(2, 4, 3), Y(4, 2)),
        new(new MatMulOp(false, true), X(3, 4), Y(2, 2, 4)),
        new(new MatMulOp(true, true), X(4, 3), Y(2, 4)),
        new(new MatrixDiagPartOp(), X(2, 3, 4)),
        new(new MatrixSetDiagOp(), X(2, 3, 4), Y(2, 3)),
    ];
}
