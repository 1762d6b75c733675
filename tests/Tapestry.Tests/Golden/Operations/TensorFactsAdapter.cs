namespace Tapestry.Tests.Golden.Operations;

/// <summary>Functions of the original that are properties of a tensor here.</summary>
sealed class TensorFactsAdapter : IGoldenAdapter
{
    public string Group => "ops";

    public bool Implements(GoldenObject golden) => golden.Name is "keras.ops.shape" or "keras.ops.ndim" or "keras.ops.dtype";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var x = golden.Tensor(golden.List("args").Single());
        var result = golden.Field("result")!.Value;
        if (golden.Object.Name == "keras.ops.ndim") check.Equal("rank", result.GetProperty("python").GetInt32(), x.Rank);
        else if (golden.Object.Name == "keras.ops.dtype") check.Equal("dtype", result.GetProperty("python").GetString()!, x.DType.Name);
        else
        {
            Shape expected = result.EnumerateArray().Select(dimension => dimension.GetProperty("python").GetInt32()).ToArray();
            check.Equal("shape", expected, x.Shape);
            check.Close("Ops.Shape", expected.Dimensions.ToArray(), Ops.Shape(x), 0, 0);
        }
    }
}
