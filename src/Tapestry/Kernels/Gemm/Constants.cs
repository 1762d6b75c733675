namespace Tapestry.Kernels.Gemm;

/// <summary>A number as a type argument: the compiler folds branches on it, so one source serves every tile height and width.</summary>
interface IConstant
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

readonly struct N1 : IConstant
{
    public static int Value => 1;
}

readonly struct N2 : IConstant
{
    public static int Value => 2;
}

readonly struct N3 : IConstant
{
    public static int Value => 3;
}

readonly struct N4 : IConstant
{
    public static int Value => 4;
}

readonly struct N5 : IConstant
{
    public static int Value => 5;
}

readonly struct N6 : IConstant
{
    public static int Value => 6;
}

readonly struct N7 : IConstant
{
    public static int Value => 7;
}

readonly struct N8 : IConstant
{
    public static int Value => 8;
}

readonly struct N9 : IConstant
{
    public static int Value => 9;
}

readonly struct N10 : IConstant
{
    public static int Value => 10;
}

readonly struct N11 : IConstant
{
    public static int Value => 11;
}

readonly struct N12 : IConstant
{
    public static int Value => 12;
}
