using Tapestry.Benchmarks.Models.Training;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>ResNet-50 in the ONNX format, with the weights of a job. Normalizations are operations of their own; ONNX Runtime joins them with the convolutions.</summary>
sealed class ResNet50Onnx
{
    readonly OnnxGraph graph = new();
    readonly IReadOnlyList<Operand> weights;
    int next;
    int values;

    ResNet50Onnx(IReadOnlyList<Operand> weights) => this.weights = weights;

    /// <summary>The model from "input" to "output".</summary>
    /// <param name="weights">See <see cref="ResNet50.Weights"/>, with moments.</param>
    /// <param name="inputShape">Pictures, channels, height, width.</param>
    /// <param name="outputShape">Pictures, classes.</param>
    internal static byte[] Model(IReadOnlyList<Operand> weights, int[] inputShape, int[] outputShape)
    {
        var network = new ResNet50Onnx(weights);
        network.Build();
        return network.graph.Model("input", inputShape, "output", outputShape);
    }

    void Build()
    {
        var x = Add("MaxPool", [Relu(Layer("input", 2))], ("kernel_shape", [3, 3]), ("strides", [2, 2]), ("pads", [1, 1, 1, 1]));
        x = ResNet50.Blocks(x, Layer, Relu, (value, shortcut) => Add("Add", [value, shortcut]));
        var product = Add("MatMul", [Add("Flatten", [Add("GlobalAveragePool", [x])]), Constant()]);
        graph.Node("Add", "output", product, Constant());
    }

    string Layer(string value, int stride)
    {
        var size = weights[next].Shape[0];
        var pad = (size - 1) / 2;
        value = Add("Conv", [value, Constant()], ("kernel_shape", [size, size]), ("strides", [stride, stride]), ("pads", [pad, pad, pad, pad]));
        // Factors, offsets, means, variances, as ours.
        return Add("BatchNormalization", [value, Constant(), Constant(), Constant(), Constant()]);
    }

    string Relu(string value) => Add("Relu", [value]);

    // The next weight; the matrix of the last layer is multiplied from the right, as ours.
    string Constant()
    {
        var name = $"weight{next}";
        var weight = weights[next++];
        var (elements, shape) = weight.Shape.Length == 4 ? weight.InLibtorchOrder() : (weight.Values, weight.Shape);
        graph.Constant(name, elements, shape);
        return name;
    }

    string Add(string operation, string[] inputs, params (string Name, int[] Values)[] attributes)
    {
        var name = $"value{values++}";
        graph.Node(operation, name, inputs, attributes);
        return name;
    }
}
