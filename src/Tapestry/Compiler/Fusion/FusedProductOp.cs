using Tapestry.Kernels.Codegen;

namespace Tapestry.Compiler;

/// <summary>
/// A product and the elementwise operations that read it, run on each block of it while that is in the cache. The product is made in the memory of one of the results, so it needs none of
/// its own; nothing else may lie there.
/// </summary>
/// <param name="Members">The names of the operations, joined by plus signs.</param>
/// <param name="Specs">Shapes and dtypes of the results.</param>
/// <param name="Product">The product; its inputs are the first ones.</param>
/// <param name="ProductInputs">How many inputs it has.</param>
/// <param name="Made">The product's result, which stands on the memory of result number <paramref name="Place"/> during a run.</param>
/// <param name="Place">The result in whose memory the product is made.</param>
/// <param name="Map">What is done to its blocks.</param>
/// <param name="MadeOperand">The input of the map that is the product; its other inputs are the other inputs of this operation.</param>
sealed unsafe record FusedProductOp(string Members, TensorSpec[] Specs, Op Product, int ProductInputs, Tensor Made, int Place, BlockMap Map, int MadeOperand) : FusedOp(Members, Specs)
{
    public override bool ReadsValue(int input) => input >= ProductInputs || Product.ReadsValue(input);

    internal override string Explain() => $"{Product.Name}, each block: map {Map.Program.Text}";

    // Its inputs are the first ones, and it has as many in its other form.
    internal override PreparedForm? Prepared(ReadOnlySpan<Tensor> inputs) => Product.Prepared(inputs[..ProductInputs]) is { } form ? form with { Op = this with { Product = form.Op } } : null;

    public override void Run(in KernelContext context)
    {
        // The map's inputs are one more than this operation's own, which begin behind those of the product.
        var places = stackalloc byte*[context.InputCount - ProductInputs + 1 + context.OutputCount];
        Pin(context, places, ProductInputs, ProductInputs);
    }

    protected override void Run(in KernelContext context, byte** places)
    {
        var inputs = context.InputCount - ProductInputs;
        var place = places[inputs + Place];
        for (var i = inputs + context.OutputCount; i > MadeOperand; i--) places[i] = places[i - 1];
        places[MadeOperand] = place;
        try
        {
            Made.Rebind(context.OutputTensor(Place));
            var made = Made;
            Product.Run(context.Part(ProductInputs, in made, new BlockFinish(Map, places)));
        }
        finally
        {
            Made.Rebind(null);
        }
    }
}
