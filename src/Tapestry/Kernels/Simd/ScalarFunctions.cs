namespace Tapestry.Kernels.Simd;

/// <summary>Functions of doubles that are too rare for a vector form, and the fallbacks for arguments out of a vector form's range.</summary>
public static class ScalarFunctions
{
    // The quotient puts back what was lost when 1 + x was rounded. (double.LogP1 does not.)
    internal static double Log1p(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>Sine.</summary>
    public readonly struct Sin : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Sin(x);
    }

    /// <summary>Cosine.</summary>
    public readonly struct Cos : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Cos(x);
    }

    /// <summary>Tangent.</summary>
    public readonly struct Tan : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Tan(x);
    }

    /// <summary>Arc sine.</summary>
    public readonly struct Asin : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Asin(x);
    }

    /// <summary>Arc cosine.</summary>
    public readonly struct Acos : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Acos(x);
    }

    /// <summary>Arc tangent.</summary>
    public readonly struct Atan : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Atan(x);
    }

    /// <summary>Angle of a point, y first.</summary>
    public readonly struct Atan2 : IScalarFunction2
    {
        /// <inheritdoc/>
        public static double Invoke(double x, double y) => Math.Atan2(x, y);
    }

    /// <summary>Power.</summary>
    public readonly struct Pow : IScalarFunction2
    {
        /// <inheritdoc/>
        public static double Invoke(double x, double y) => Math.Pow(x, y);
    }

    /// <summary>Hyperbolic sine.</summary>
    public readonly struct Sinh : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Sinh(x);
    }

    /// <summary>Hyperbolic cosine.</summary>
    public readonly struct Cosh : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Cosh(x);
    }

    /// <summary>Inverse hyperbolic sine.</summary>
    public readonly struct Asinh : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Asinh(x);
    }

    /// <summary>Inverse hyperbolic cosine.</summary>
    public readonly struct Acosh : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Acosh(x);
    }

    /// <summary>Inverse hyperbolic tangent.</summary>
    public readonly struct Atanh : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Atanh(x);
    }

    /// <summary>Logarithm to base 2.</summary>
    public readonly struct Log2 : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Log2(x);
    }

    /// <summary>Power of 2.</summary>
    public readonly struct Exp2 : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x) => Math.Pow(2, x);
    }

    /// <summary>The error function: its series up to 2, one minus its continued fraction beyond.</summary>
    public readonly struct Erf : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x)
        {
            var magnitude = Math.Abs(x);
            if (double.IsNaN(x) || magnitude < 2) return Series(x);
            return Math.CopySign(1 - Erfc.Invoke(magnitude), x);
        }

        // erf x = 2/√π e^−x² Σ 2ⁿ x^(2n+1) / (2n+1)!!: all terms positive, so nothing cancels.
        internal static double Series(double x)
        {
            if (x == 0 || double.IsNaN(x)) return x;
            double square = x * x, term = x, sum = x;
            for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
            {
                term *= 2 * square / (2 * n + 1);
                sum += term;
            }
            return 1.1283791670955126 * sum * GaussianOf(x);
        }

        // e^−x² with the rounding error of the square put back.
        internal static double GaussianOf(double x)
        {
            var square = x * x;
            var rest = Math.FusedMultiplyAdd(x, x, -square);
            return Math.Exp(-square) * (1 - rest);
        }
    }

    /// <summary>The complementary error function.</summary>
    public readonly struct Erfc : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x)
        {
            if (double.IsNaN(x)) return x;
            if (x < 0.5) return 1 - Erf.Invoke(x);
            if (x > 28) return 0;
            return Erf.GaussianOf(x) * Scaled(x);
        }

        // e^x² erfc x = 1/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), evaluated from a depth that suffices for x ≥ 0.5 … 28.
        static double Scaled(double x)
        {
            var depth = (int)(20 + 200 / (x * x) * 2);
            var fraction = 0.0;
            for (var k = depth; k > 0; k--) fraction = 0.5 * k / (x + fraction);
            return 0.5641895835477563 / (x + fraction);
        }
    }

    /// <summary>The inverse error function: an approximation in elementary functions, then Halley's steps.</summary>
    public readonly struct ErfInv : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x)
        {
            var magnitude = Math.Abs(x);
            if (double.IsNaN(x) || magnitude > 1) return double.NaN;
            if (magnitude == 1) return x * double.PositiveInfinity;
            if (x == 0) return x;
            // Winitzki's approximation, good to 2·10⁻³.
            var logarithm = Log1p(-magnitude * magnitude);
            var half = 2 / (Math.PI * 0.147) + logarithm / 2;
            var y = Math.Sqrt(Math.Sqrt(half * half - logarithm / 0.147) - half);
            if (magnitude < 1e-8) y = magnitude * 0.886226925452758;
            for (var step = 0; step < 3; step++)
            {
                // The complement keeps its digits where erf has run into 1.
                var fault = magnitude < 0.5 ? Erf.Invoke(y) - magnitude : (1 - magnitude) - Erfc.Invoke(y);
                var newton = fault / (1.1283791670955126 * Erf.GaussianOf(y));
                y -= newton / (1 + y * newton);
            }
            return Math.CopySign(y, x);
        }
    }

    /// <summary>ln |Γ(x)|: Stirling's series above 8 after the recurrence, reflection below 0.</summary>
    public readonly struct LogGamma : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x)
        {
            if (double.IsNaN(x)) return x;
            if (double.IsInfinity(x)) return double.PositiveInfinity;
            if (x <= 0)
            {
                if (x == Math.Floor(x)) return double.PositiveInfinity;
                // Γ(x) Γ(1 − x) = π / sin πx; the sine of the distance to the nearest integer keeps its digits.
                return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * (x - Math.Round(x))))) - Invoke(1 - x);
            }
            // Near the zeros at 1 and 2 the general formula cancels; the Taylor series there does not.
            if (Math.Abs(x - 1) <= 0.5) return AroundOne(x - 1);
            if (Math.Abs(x - 2) <= 0.5) return AroundOne(x - 2) + Log1p(x - 2);
            double product = 1;
            while (x < 8) product *= x++;
            var inverse = 1 / x;
            var square = inverse * inverse;
            var series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188
                - square * (691.0 / 360360 - square * (1.0 / 156 - square * (3617.0 / 122400))))))));
            return (x - 0.5) * Math.Log(x) - x + 0.91893853320467274 + series - Math.Log(product);
        }

        // ln Γ(1 + t) = −γ t + Σ_{k≥2} ζ(k) (−t)^k / k. With ζ(k) = 1 + (ζ(k) − 1) the slow part sums to t − ln(1 + t).
        static double AroundOne(double t)
        {
            ReadOnlySpan<double> zetaMinusOne =
            [
                0.64493406684822644, 0.20205690315959429, 0.082323233711138192, 0.036927755143369926, 0.017343061984449140, 0.0083492773819228268,
                0.0040773561979443394, 0.0020083928260822144, 0.00099457512781808534, 0.00049418860411946456, 0.00024608655330804830,
                0.00012271334757848915, 6.1248135058704829e-05, 3.0588236307020493e-05, 1.5282259408651872e-05, 7.6371976378997622e-06,
                3.8172932649998398e-06, 1.9082127165539390e-06, 9.5396203387279611e-07, 4.7693298678780647e-07, 2.3845050272773299e-07,
                1.1921992596531107e-07, 5.9608189051259480e-08,
            ];
            double sum = 0, power = -t;
            for (var k = 0; k < zetaMinusOne.Length; k++)
            {
                power *= -t;
                sum += zetaMinusOne[k] * power / (k + 2);
            }
            return (1 - 0.57721566490153286) * t - Log1p(t) + sum;
        }
    }

    /// <summary>ψ(x): asymptotic series above 10 after the recurrence, reflection below 0.</summary>
    public readonly struct Digamma : IScalarFunction
    {
        /// <inheritdoc/>
        public static double Invoke(double x)
        {
            if (double.IsNaN(x) || x == double.PositiveInfinity) return x;
            if (x <= 0)
            {
                if (x == Math.Floor(x)) return double.NaN;
                return Invoke(1 - x) - Math.PI / Math.Tan(Math.PI * (x - Math.Round(x)));
            }
            double sum = 0;
            while (x < 10) sum -= 1 / x++;
            var square = 1 / (x * x);
            var series = square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square * (1.0 / 132
                - square * (691.0 / 32760 - square * (1.0 / 12)))))));
            return sum + Math.Log(x) - 0.5 / x - series;
        }
    }
}
