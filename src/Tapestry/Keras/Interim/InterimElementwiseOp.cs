namespace Tapestry.Keras;

/// <summary>A function of up to three elements, computed in double precision.</summary>
sealed record InterimElementwiseOp(string Kind, Func<double, double, double, double> Body, DType? Result, Action<GradientContext>? Derivative) : Op
{
    public override string Name => Kind;

    public override void Infer(ref InferContext context)
    {
        var shape = context.Shape(0);
        for (var i = 1; i < context.InputCount; i++)
        {
            shape = Broadcasting.Common(shape, context.Shape(i)) ?? throw Refuse("the shapes do not broadcast", context, "dimensions that are equal or 1, counted from the end");
        }

        context.Return(shape, Result ?? context.DType(context.InputCount - 1));
    }

    public override void Gradient(GradientContext context) => Derivative?.Invoke(context);

    public override void Run(in KernelContext context)
    {
        var output = context.OutputTensor(0);
        var a = Stretched(context.InputTensor(0), output);
        var b = Stretched(context.InputTensor(Math.Min(1, context.InputCount - 1)), output);
        var c = Stretched(context.InputTensor(Math.Min(2, context.InputCount - 1)), output);
        for (var i = 0; i < output.Size; i++) Write(output, i, Body(Read(a, i), Read(b, i), Read(c, i)));
    }

    static Tensor Stretched(Tensor input, Tensor output)
    {
        if (input.Size == 1 || input.Shape == output.Shape) return input;
        var stretched = Tensor.Allocate(input.DType, output.Shape);
        BroadcastKernel.Stretch(input, stretched);
        return stretched;
    }

    internal static double Read(Tensor tensor, int index) => At(tensor, tensor.Size == 1 ? 0 : index);

    static double At(Tensor tensor, int index) => tensor.DType.Code switch
    {
        DTypeCode.Float32 => tensor.Elements<float>()[index],
        DTypeCode.Float64 => tensor.Elements<double>()[index],
        DTypeCode.Bool => tensor.Elements<bool>()[index] ? 1 : 0,
        DTypeCode.Int64 => tensor.Elements<long>()[index],
        DTypeCode.Int32 => tensor.Elements<int>()[index],
        _ => Convert.ToDouble(TensorReader.At(tensor, index)),
    };

    internal static void Write(Tensor tensor, int index, double value)
    {
        switch (tensor.DType.Code)
        {
            case DTypeCode.Float32: tensor.Elements<float>()[index] = (float)value; break;
            case DTypeCode.Float64: tensor.Elements<double>()[index] = value; break;
            case DTypeCode.Bool: tensor.Elements<bool>()[index] = value != 0; break;
            case DTypeCode.Int64: tensor.Elements<long>()[index] = (long)value; break;
            case DTypeCode.Int32: tensor.Elements<int>()[index] = (int)value; break;
            case DTypeCode.Float16: tensor.Elements<Half>()[index] = (Half)value; break;
            case DTypeCode.UInt8: tensor.Elements<byte>()[index] = (byte)value; break;
            default: throw new TapestryException("Operation", "no kernel for this dtype", tensor.DType.Name, "float16, float32, float64, int32, int64, uint8 or bool", "Convert with Ops.Cast.");
        }
    }
}
