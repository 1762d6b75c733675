namespace Tapestry;

/// <summary>Comparison and logic as operators; the language wants them in pairs, so they are together here. Equality of C# stays that of references: use <c>Ops.Equal</c>.</summary>
public static class ComparisonOperators
{
    extension(Tensor)
    {
        /// <summary>Where the first is smaller, element by element, with broadcasting.</summary>
        public static Tensor operator <(Tensor x, Tensor y) => Ops.Less(x, y);

        /// <summary>Where the first is larger, element by element, with broadcasting.</summary>
        public static Tensor operator >(Tensor x, Tensor y) => Ops.Greater(x, y);

        /// <summary>Where the first is not larger, element by element, with broadcasting.</summary>
        public static Tensor operator <=(Tensor x, Tensor y) => Ops.LessEqual(x, y);

        /// <summary>Where the first is not smaller, element by element, with broadcasting.</summary>
        public static Tensor operator >=(Tensor x, Tensor y) => Ops.GreaterEqual(x, y);

        /// <summary>Where both are true, element by element, with broadcasting.</summary>
        public static Tensor operator &(Tensor x, Tensor y) => Ops.LogicalAnd(x, y);

        /// <summary>Where at least one is true, element by element, with broadcasting.</summary>
        public static Tensor operator |(Tensor x, Tensor y) => Ops.LogicalOr(x, y);

        /// <summary>Where exactly one is true, element by element, with broadcasting.</summary>
        public static Tensor operator ^(Tensor x, Tensor y) => Ops.LogicalXor(x, y);

        /// <summary>Where it is not true, element by element.</summary>
        public static Tensor operator !(Tensor x) => Ops.LogicalNot(x);
    }
}
