using TorchSharp;

namespace Tapestry.Benchmarks.Models.Training;

/// <summary>libtorch's fused Adam, which TorchSharp's optimizer does not use, reached by a script.</summary>
sealed class FusedAdam
{
    const string Script = """
        def step(weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], epsilon: float):
            none: List[Tensor] = []
            torch._foreach_add_(steps, 1)
            torch._fused_adam_(weights, gradients, first, second, none, steps, lr=0.001, beta1=0.9, beta2=0.999, weight_decay=0.0, eps=epsilon, amsgrad=False, maximize=False)
            return 0

        """;

    readonly torch.jit.CompilationUnit unit = torch.jit.compile(Script);
    readonly double epsilon;
    readonly TorchSharp.Modules.Parameter[] weights;
    readonly torch.Tensor[] first, second, steps;

    internal FusedAdam(TorchSharp.Modules.Parameter[] weights, double epsilon)
    {
        this.weights = weights;
        this.epsilon = epsilon;
        // They stay from step to step, whatever scope the first one runs in.
        first = [.. weights.Select(weight => torch.zeros_like(weight).requires_grad_(false).DetachFromDisposeScope())];
        second = [.. weights.Select(weight => torch.zeros_like(weight).requires_grad_(false).DetachFromDisposeScope())];
        steps = [.. weights.Select(_ => torch.zeros([]).DetachFromDisposeScope())];
    }

    /// <summary>Moves the weights along their gradients.</summary>
    internal void Step()
    {
        using var state = torch.no_grad();
        unit.invoke("step", weights.Cast<torch.Tensor>().ToArray(), weights.Select(weight => weight.grad!).ToArray(), first, second, steps, epsilon);
    }
}
