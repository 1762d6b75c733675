using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;
using Tapestry.Kernels.Loops;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>
/// Random numbers from a seed. The generator is TensorFlow's, so that bits, uniform, normal and truncated normal numbers are the same; initializers have a stream of their own, of which
/// shape, dtype and determinism bind here and the distribution in the group of the initializers.
/// </summary>
sealed class RandomAdapter : IGoldenAdapter
{
    static readonly Dictionary<string, Func<GoldenCall, Tensor[]>> Functions = new()
    {
        ["keras.random.normal"] = c => [Ops.RandomNormal(Shape(c), c.Number("mean", 0), c.Number("stddev", 1), Type(c), Seed(c))],
        ["keras.random.truncated_normal"] = c => [Ops.RandomTruncatedNormal(Shape(c), c.Number("mean", 0), c.Number("stddev", 1), Type(c), Seed(c))],
        ["keras.random.uniform"] = c => [Ops.RandomUniform(Shape(c), c.Number("minval", 0), c.Number("maxval"), Type(c), Seed(c))],
        ["keras.random.randint"] = c => [Ops.RandomIntegers(Shape(c), (int)c.Number(1), (int)c.Number(2), Type(c), Seed(c))],
        ["keras.random.dropout"] = c => [Ops.StatelessDropout(c.Tensor(0), c.Number(1), Pair(Seed(c)!.Value), c.Has("noise_shape") ? new Shape(c.Integers("noise_shape")) : null)],
        ["tf.random.stateless_uniform"] = c => [Ops.StatelessBits(Shape(c), (Tensor)c.Integers("seed"), Type(c)!)],
        ["tf.raw_ops.StatelessRandomGetKeyCounter"] = KeyAndCounter,
    };

    public string Group => "ops";

    public bool Implements(GoldenObject golden) => golden.Name is "tf.random.philox" or "keras.random";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var call = new GoldenCall(golden);
        var name = golden.Field("function")?.GetString() ?? golden.Object.Document.GetProperty("function").GetString()!;
        if (name == "keras.random.SeedGenerator") Generator(golden, check, (int)call.Number(0));
        else if (name == "keras.utils.set_random_seed") Repeats(golden, check, (int)call.Number(0));
        else if (name.StartsWith("keras.initializers.", StringComparison.Ordinal)) Initial(golden, check, call, name["keras.initializers.".Length..]);
        else if (golden.Field("error") is not null && golden.List("args").First().ValueKind == System.Text.Json.JsonValueKind.String)
            check.True("seed", typeof(SeedGenerator).GetConstructors().All(made => made.GetParameters().All(each => each.ParameterType == typeof(int?))), "a text may be a seed");
        else if (!Functions.TryGetValue(name, out var function)) check.Missing(name);
        else if (golden.Field("error") is not null) check.Refuses("the call", () => function!(call));
        else Compare(golden, check, call, function!);
    }

    static void Compare(GoldenCase golden, GoldenCheck check, GoldenCall call, Func<GoldenCall, Tensor[]> function)
    {
        using var tape = new GradientTape();
        var gradients = golden.Field("gradients");
        if (gradients is not null) tape.Watch(call.Tensor(0));
        var results = function(call);
        var expected = golden.List("outputs").ToArray();
        for (var i = 0; i < expected.Length; i++) check.Matches($"output {i}", expected[i], results[i]);
        if (gradients is { } given) check.Matches("gradient", given.GetProperty("inputs")[0], tape.Gradient(results[0], call.Tensor(0), golden.Tensor(given.GetProperty("upstream")[0])));
    }

    // The state is a seed and the number of draws, as in the original.
    static void Generator(GoldenCase golden, GoldenCheck check, int seed)
    {
        var generator = new SeedGenerator(seed);
        var outputs = golden.List("outputs").ToArray();
        var result = golden.Field("result")!.Value;
        void Compare(string name, Tensor actual) => check.Matches(name, outputs[result.GetProperty(name).GetProperty("output").GetInt32()], actual);
        Compare("state0", generator.State.Value);
        Compare("a_normal", Ops.StatelessNormal([3], generator.Next()));
        Compare("b_state", generator.State.Value);
        Compare("c_uniform", Ops.StatelessUniform([3], generator.Next()));
        Compare("d_state", generator.State.Value);
        Compare("e_next", generator.Next());
        Compare("f_state", generator.State.Value);
    }

    // The original's global seed goes through Python's generator: here the same seed gives the same numbers again, and others than another.
    static void Repeats(GoldenCase golden, GoldenCheck check, int seed)
    {
        string Draw(int from)
        {
            RandomSeed.Set(from);
            Tensor[] drawn = golden.Name.EndsWith("dense", StringComparison.Ordinal) ? [Kernel(2), Kernel(3)] : [Ops.RandomNormal([3]), Ops.RandomNormal([3]), Ops.RandomUniform([3])];
            check.Equal("shape", golden.Tensor(golden.List("outputs").First()).Shape, drawn[0].Shape);
            return string.Join("; ", drawn.Select(each => string.Join(" ", each.ToArray<float>())));
        }

        check.Equal("the same seed", Draw(seed), Draw(seed));
        check.True("another seed", Draw(seed) != Draw(seed + 1), "gives the same numbers");
        RandomSeed.Set(0);
    }

    static Tensor Kernel(int units)
    {
        var layer = new Dense(units);
        layer.Apply(Ops.Ones([1, 3]));
        return layer.Weights[0].Value;
    }

    static void Initial(GoldenCase golden, GoldenCheck check, GoldenCall call, string name)
    {
        Tensor Make() => ((Initializer)ObjectConfig.Create(ObjectRegistry.Find(typeof(Initializer), name)!, new Dictionary<string, object?> { ["seed"] = (long)call.Number(1) })).Apply(Shape(call));
        var expected = golden.Tensor(golden.List("outputs").Single());
        check.Equal("shape", expected.Shape, Make().Shape);
        check.Equal("dtype", expected.DType, Make().DType);
        check.Equal("the same seed", string.Join(" ", Make().ToArray<float>()), string.Join(" ", Make().ToArray<float>()));
    }

    static Tensor[] KeyAndCounter(GoldenCall call)
    {
        var seed = call.Argument(0)!.Value;
        var stream = Philox.FromSeed(seed[0].GetInt64(), seed[1].GetInt64());
        return [new[] { stream.Key }, new[] { stream.CounterLow, stream.CounterHigh }];
    }

    static Shape Shape(GoldenCall call) => new(call.Integers(0, "shape"));

    static DType? Type(GoldenCall call) => call.Text("dtype") is { } name ? (DType)name : null;

    static int? Seed(GoldenCall call) => call.Has("seed") ? (int)call.Number("seed", 0) : null;

    static Tensor Pair(int seed) => new long[] { seed, 0 };
}
