using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>A vector that computes nothing but writes down what is done to it: the number of an instruction of the current <see cref="Recording"/>.</summary>
readonly struct Recorder(int number) : IVec<Recorder>
{
    /// <summary>The instruction.</summary>
    internal int Number => number;

    public static ElementKind Kind => Recording.Current.Kind;

    public static Recorder Lowest => Recording.Current.Limit(highest: false);

    public static Recorder Highest => Recording.Current.Limit(highest: true);

    public static Recorder Create(double value) => Recording.Current.Constant(value);

    public static Recorder Create(long value) => Recording.Current.Whole(value);

    public static Recorder CreateBits(long bits) => Recording.Current.Constant(bits);

    public static Recorder operator +(Recorder left, Recorder right) => Two(Opcode.Add, left, right);

    public static Recorder operator -(Recorder left, Recorder right) => Two(Opcode.Subtract, left, right);

    public static Recorder operator *(Recorder left, Recorder right) => Two(Opcode.Multiply, left, right);

    public static Recorder operator /(Recorder left, Recorder right) => Two(Opcode.Divide, left, right);

    public static Recorder operator &(Recorder left, Recorder right) => Two(Opcode.And, left, right);

    public static Recorder operator |(Recorder left, Recorder right) => Two(Opcode.Or, left, right);

    public static Recorder operator ^(Recorder left, Recorder right) => Two(Opcode.Xor, left, right);

    public static Recorder operator -(Recorder value) => One(Opcode.Negate, value);

    public static Recorder operator ~(Recorder value) => One(Opcode.Not, value);

    public static Recorder Abs(Recorder value) => One(Opcode.Abs, value);

    public static Recorder Sqrt(Recorder value) => One(Opcode.Sqrt, value);

    public static Recorder Floor(Recorder value) => One(Opcode.Floor, value);

    public static Recorder Ceiling(Recorder value) => One(Opcode.Ceiling, value);

    public static Recorder Truncate(Recorder value) => One(Opcode.Truncate, value);

    public static Recorder Round(Recorder value) => One(Opcode.Round, value);

    public static Recorder Maximum(Recorder left, Recorder right) => Two(Opcode.Maximum, left, right);

    public static Recorder Minimum(Recorder left, Recorder right) => Two(Opcode.Minimum, left, right);

    public static Recorder LessThan(Recorder left, Recorder right) => Two(Opcode.LessThan, left, right);

    public static Recorder LessThanOrEqual(Recorder left, Recorder right) => Two(Opcode.LessThanOrEqual, left, right);

    public static Recorder Equal(Recorder left, Recorder right) => Two(Opcode.Equal, left, right);

    public static Recorder AddBits(Recorder left, Recorder right) => Two(Opcode.AddBits, left, right);

    public static Recorder SubtractBits(Recorder left, Recorder right) => Two(Opcode.SubtractBits, left, right);

    public static Recorder FloorDivide(Recorder left, Recorder right) => Two(Opcode.FloorDivide, left, right);

    public static Recorder FloorModulo(Recorder left, Recorder right) => Two(Opcode.FloorModulo, left, right);

    public static Recorder TruncateModulo(Recorder left, Recorder right) => Two(Opcode.TruncateModulo, left, right);

    public static Recorder ScaleB(Recorder value, Recorder exponent) => Two(Opcode.ScaleB, value, exponent);

    public static Recorder ShiftLeft(Recorder value, Recorder counts) => Two(Opcode.ShiftLeftBy, value, counts);

    public static Recorder ShiftRight(Recorder value, Recorder counts) => Two(Opcode.ShiftRightBy, value, counts);

    public static Recorder ShiftLeft(Recorder value, int count) => Recording.Current.Append(new Instruction(Opcode.ShiftLeft, value.Number, Value: count));

    public static Recorder ShiftRightLogical(Recorder value, int count) => Recording.Current.Append(new Instruction(Opcode.ShiftRightLogical, value.Number, Value: count));

    public static Recorder MultiplyAdd(Recorder left, Recorder right, Recorder addend) => Three(Opcode.MultiplyAdd, left, right, addend);

    public static Recorder Clamp(Recorder value, Recorder low, Recorder high) => Three(Opcode.Clamp, value, low, high);

    public static Recorder Select(Recorder mask, Recorder whenTrue, Recorder whenFalse) => Three(Opcode.Select, mask, whenTrue, whenFalse);

    public static Recorder PerLane<TFunction>(Recorder value)
        where TFunction : struct, IScalarFunction => Recording.Current.Append(new Instruction(Opcode.PerLane, value.Number, Function: LaneFunction1<TFunction>.Instance));

    public static Recorder PerLane2<TFunction>(Recorder left, Recorder right)
        where TFunction : struct, IScalarFunction2 => Recording.Current.Append(new Instruction(Opcode.PerLane2, left.Number, right.Number, Function: LaneFunction2<TFunction>.Instance));

    public static Recorder PerLaneWhere<TFunction>(Recorder mask, Recorder value, Recorder otherwise)
        where TFunction : struct, IScalarFunction => Recording.Current.Append(new Instruction(Opcode.PerLaneWhere, mask.Number, value.Number, otherwise.Number, Function: LaneFunctionWhere<TFunction>.Instance));

    static Recorder One(Opcode opcode, Recorder value) => Recording.Current.Append(new Instruction(opcode, value.Number));

    static Recorder Two(Opcode opcode, Recorder left, Recorder right) => Recording.Current.Append(new Instruction(opcode, left.Number, right.Number));

    static Recorder Three(Opcode opcode, Recorder a, Recorder b, Recorder c) => Recording.Current.Append(new Instruction(opcode, a.Number, b.Number, c.Number));
}
