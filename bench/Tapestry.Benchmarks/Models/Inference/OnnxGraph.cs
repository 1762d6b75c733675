using System.Runtime.InteropServices;
using System.Text;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>Writes a graph of float32 operations in the ONNX format, as far as the jobs need it: constants, nodes whose attributes are lists of numbers, one input, one output.</summary>
sealed class OnnxGraph
{
    // Numbers of fields in onnx.proto.
    const int ModelVersion = 1, ModelGraph = 7, ModelOperators = 8, OperatorsVersion = 2;
    const int GraphNode = 1, GraphName = 2, GraphConstant = 5, GraphInput = 11, GraphOutput = 12;
    const int NodeInput = 1, NodeOutput = 2, NodeOperator = 4, NodeAttribute = 5;
    const int AttributeName = 1, AttributeIntegers = 8, AttributeType = 20, IntegersType = 7;
    const int TensorDimension = 1, TensorType = 2, TensorName = 8, TensorBytes = 9, FloatType = 1;
    const int ValueName = 1, ValueType = 2, TypeTensor = 1, TensorTypeElement = 1, TensorTypeShape = 2, ShapeDimension = 1, DimensionValue = 1;

    readonly MemoryStream body = new();

    /// <summary>Adds a constant.</summary>
    internal void Constant(string name, ReadOnlySpan<float> values, params int[] shape)
    {
        var tensor = new MemoryStream();
        foreach (var length in shape) Integer(tensor, TensorDimension, length);
        Integer(tensor, TensorType, FloatType);
        Bytes(tensor, TensorName, Encoding.UTF8.GetBytes(name));
        Bytes(tensor, TensorBytes, MemoryMarshal.AsBytes(values));
        Bytes(body, GraphConstant, tensor.ToArray());
    }

    /// <summary>Adds an operation.</summary>
    internal void Node(string operation, string output, params string[] inputs) => Node(operation, output, inputs, []);

    /// <summary>Adds an operation with attributes.</summary>
    internal void Node(string operation, string output, string[] inputs, (string Name, int[] Values)[] attributes)
    {
        var node = new MemoryStream();
        foreach (var input in inputs) Bytes(node, NodeInput, Encoding.UTF8.GetBytes(input));
        Bytes(node, NodeOutput, Encoding.UTF8.GetBytes(output));
        Bytes(node, NodeOperator, Encoding.UTF8.GetBytes(operation));
        foreach (var (name, values) in attributes)
        {
            var attribute = new MemoryStream();
            Bytes(attribute, AttributeName, Encoding.UTF8.GetBytes(name));
            foreach (var value in values) Integer(attribute, AttributeIntegers, value);
            Integer(attribute, AttributeType, IntegersType);
            Bytes(node, NodeAttribute, attribute.ToArray());
        }

        Bytes(body, GraphNode, node.ToArray());
    }

    /// <summary>The whole model.</summary>
    internal byte[] Model(string input, int[] inputShape, string output, int[] outputShape)
    {
        Bytes(body, GraphName, "job"u8);
        Bytes(body, GraphInput, Value(input, inputShape));
        Bytes(body, GraphOutput, Value(output, outputShape));
        var operators = new MemoryStream();
        Integer(operators, OperatorsVersion, 17);
        var model = new MemoryStream();
        Integer(model, ModelVersion, 8);
        Bytes(model, ModelGraph, body.ToArray());
        Bytes(model, ModelOperators, operators.ToArray());
        return model.ToArray();
    }

    static byte[] Value(string name, int[] shape)
    {
        var dimensions = new MemoryStream();
        foreach (var length in shape)
        {
            var dimension = new MemoryStream();
            Integer(dimension, DimensionValue, length);
            Bytes(dimensions, ShapeDimension, dimension.ToArray());
        }

        var tensor = new MemoryStream();
        Integer(tensor, TensorTypeElement, FloatType);
        Bytes(tensor, TensorTypeShape, dimensions.ToArray());
        var type = new MemoryStream();
        Bytes(type, TypeTensor, tensor.ToArray());
        var value = new MemoryStream();
        Bytes(value, ValueName, Encoding.UTF8.GetBytes(name));
        Bytes(value, ValueType, type.ToArray());
        return value.ToArray();
    }

    static void Integer(MemoryStream stream, int field, long value)
    {
        Variable(stream, (ulong)field << 3);
        Variable(stream, (ulong)value);
    }

    static void Bytes(MemoryStream stream, int field, ReadOnlySpan<byte> bytes)
    {
        Variable(stream, ((ulong)field << 3) | 2);
        Variable(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    // Seven bits a byte, the low ones first.
    static void Variable(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7) stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
