using Tapestry.Benchmarks.Measuring;
using Tapestry.Benchmarks.Models.Training;
using TorchSharp;

namespace Tapestry.Benchmarks.Models.Inference;

/// <summary>One answer of a tiny network: only the cost of calls counts.</summary>
sealed class PredictTiny : InferenceJob
{
    public override string Name => "predict MLP 5-16-16-1 batch 1, compiled";

    public override Bar Bar => new(8, Aim: 20);

    protected override Operand[] Inputs(Numbers numbers) => [new(numbers.Normal(5), [1, 5]), .. MlpLayers.Weights(numbers, 5, 16, 16, 1)];

    protected override Tensor Ours(IReadOnlyList<Variable> inputs) => MlpLayers.Apply([.. inputs.Skip(1)], inputs[0]);

    protected override torch.Tensor Theirs(IReadOnlyList<torch.Tensor> inputs) => MlpLayers.Apply([.. inputs.Skip(1)], inputs[0]);

    protected override byte[] OnnxModel(int[] inputShape, int[] outputShape)
    {
        var graph = new OnnxGraph();
        var layers = (Operands.Count - 1) / 2;
        var value = "input";
        for (var layer = 0; layer < layers; layer++)
        {
            var (matrix, bias) = (Operands[1 + 2 * layer], Operands[2 + 2 * layer]);
            graph.Constant($"matrix{layer}", matrix.Values, matrix.Shape);
            graph.Constant($"bias{layer}", bias.Values, bias.Shape);
            graph.Node("MatMul", $"product{layer}", value, $"matrix{layer}");
            var last = layer == layers - 1;
            graph.Node("Add", last ? "output" : $"sum{layer}", $"product{layer}", $"bias{layer}");
            if (!last) graph.Node("Relu", $"active{layer}", $"sum{layer}");
            value = $"active{layer}";
        }

        return graph.Model("input", inputShape, "output", outputShape);
    }
}
