namespace Tapestry.Kernels.Simd;

/// <summary>A named function of one double, used lane by lane through <see cref="IVec{V}.PerLane"/>.</summary>
public interface IScalarFunction
{
    /// <summary>The function's value.</summary>
    static abstract double Invoke(double x);
}

/// <summary>A named function of two doubles, used lane by lane through <see cref="IVec{V}.PerLane2"/>.</summary>
public interface IScalarFunction2
{
    /// <summary>The function's value.</summary>
    static abstract double Invoke(double x, double y);
}
