using System.Reflection;
using Tapestry.Keras;

namespace Tapestry.Tests.Contracts;

/// <summary>
/// What every layer keeps, for one line a layer: <c>public class DenseContract() : LayerContract&lt;Dense&gt;(() =&gt; new(3), [2, 4]);</c>. Values
/// are compared with those of Keras by the golden tests.
/// </summary>
/// <typeparam name="T">The layer.</typeparam>
/// <param name="make">Makes it.</param>
/// <param name="inputs">The shapes of its inputs; several are passed as a list.</param>
[Trait("Category", "Contract")]
public abstract class LayerContract<T>(Func<T> make, params Shape[] inputs)
    where T : Layer
{
    /// <summary>The values of an input; small numbers of both signs unless overridden.</summary>
    protected virtual Tensor Values(Shape shape, int input)
    {
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++) values[i] = (float)Math.Sin((i * 1.7) + (input * 0.6) + 0.3);
        return Ops.FromSpan<float>(values, shape);
    }

    /// <summary>The shape of a mask for an input: all axes but the last, unless overridden.</summary>
    protected virtual Shape MaskOf(Shape shape) => shape[..^1];

    /// <summary>Whether the mask ends here, because its steps are gone from the output.</summary>
    protected virtual bool ConsumesMask => false;

    /// <summary>Whether a list of inputs is passed although there is only one.</summary>
    protected virtual bool TakesAList => inputs.Length > 1;

    /// <summary>Whether the layer can be made again from its configuration.</summary>
    protected virtual bool HasConfig => true;

    /// <summary>Whether finite differences make sense: not for whole numbers.</summary>
    protected virtual bool IsDifferentiable => true;

    [Fact]
    public void IsBuiltOnce()
    {
        var layer = make();
        Apply(layer);
        Assert.True(layer.Built);
        var weights = layer.Weights;
        Apply(layer);
        Assert.Equal(weights, layer.Weights);
        Assert.Equal(layer.Weights.Count, layer.Weights.Select(weight => weight.Path).Distinct().Count());
        Assert.All(layer.Weights, weight => Assert.StartsWith(layer.Name + "/", weight.Path, StringComparison.Ordinal));
        Assert.Equal(layer.Weights.Count, layer.TrainableWeights.Count + layer.NonTrainableWeights.Count);
        Assert.Equal(layer.Weights.Sum(weight => weight.Shape.Size), layer.CountParams());
    }

    [Fact]
    public void SaysHowToBuildItWhenAWeightIsAskedForTooEarly()
    {
        var layer = make();
        if (layer.Built) return;
        foreach (var property in typeof(T).GetProperties().Where(property => property.PropertyType == typeof(Variable)))
        {
            // Only weights that a layer may do without are null.
            if (new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable) Assert.Null(property.GetValue(layer));
            else Assert.Contains("BuildFrom", Assert.IsType<TapestryException>(Assert.Throws<TargetInvocationException>(() => property.GetValue(layer)).InnerException).Message);
        }
    }

    [Fact]
    public void IsTheSameCompiled()
    {
        var layer = make();
        var eager = Apply(layer);
        var compiled = Function.Of((Nest values) => layer.Apply(values)).Apply(Inputs());
        Equal(eager, compiled);
    }

    [Fact]
    public void KnowsItsOutputShapes()
    {
        var actual = Apply(make()).Flatten().Select(output => output.Spec).ToArray();
        var known = Infer(shape => shape);
        Assert.Equal(actual, known);
        var unknownBatch = Infer(shape => shape.Rank == 0 ? shape : new Shape([Shape.Unknown, .. shape.Dimensions[1..]]));
        for (var i = 0; i < actual.Length; i++) Assert.True(unknownBatch[i].Accepts(Apply(make()).Flatten()[i]), $"{unknownBatch[i]} does not describe {actual[i]}");
    }

    [Fact]
    public void IsTheSameInAModel()
    {
        var layer = make();
        var eager = Apply(layer);
        var symbols = inputs.Select((shape, i) => (Nest)new Input(shape[1..], dtype: Values(shape, i).DType)).ToArray();
        var model = new Model(Nest.List(symbols), layer.Apply(TakesAList ? Nest.List(symbols) : symbols[0]));
        Equal(eager, model.Apply(Nest.List(inputs.Select((shape, i) => (Nest)Values(shape, i)))));
    }

    [Fact]
    public void CarriesTheMaskThatItSupports()
    {
        var layer = make();
        if (!layer.SupportsMasking || inputs.Any(shape => shape.Rank < 2)) return;
        var nest = Inputs();
        foreach (var tensor in nest.Flatten()) tensor.Mask = Ops.Cast(Ops.Ones(MaskOf(tensor.Shape)), DType.Bool);
        Assert.All(layer.Apply(nest).Flatten(), output => Assert.Equal(ConsumesMask, output.Mask is null));
    }

    [Fact]
    public void IsMadeAgainFromItsConfiguration()
    {
        if (!HasConfig) return;
        var layer = make();
        var before = Apply(layer);
        var copy = Layer.FromConfig(layer.ClassName, layer.GetConfig());
        Apply(copy);
        copy.SetWeights(layer.GetWeights());
        Equal(before, Apply(copy));
    }

    [Fact]
    public void HasTheGradientsOfItsValues()
    {
        if (!IsDifferentiable || !HasConfig) return;
        var config = new Dictionary<string, object?>(make().GetConfig()) { ["dtype"] = "float64" };
        var layer = Layer.FromConfig(make().ClassName, config);
        var values = inputs.Select((shape, i) => Ops.Cast(Values(shape, i), DType.Float64)).ToArray();
        var variables = values.Select(value => new Variable(value)).ToArray();
        Loss();
        using var tape = new GradientTape();
        var loss = Loss();
        var sources = variables.Concat(layer.TrainableWeights).ToArray();
        var gradients = tape.Gradient(loss, sources);
        for (var i = 0; i < sources.Length; i++) Compare(sources[i], gradients[i]);

        // A weighted sum, so that no gradient cancels another.
        Tensor Loss()
        {
            var nest = variables.Length == 1 && !TakesAList ? Nest.Of(variables[0].Value) : Nest.List(variables.Select(variable => Nest.Of(variable.Value)));
            Tensor? sum = null;
            foreach (var output in layer.Apply(nest).Flatten().Where(output => output.DType.IsFloating))
            {
                var weights = new double[output.Size];
                for (var i = 0; i < weights.Length; i++) weights[i] = Math.Cos(i * 0.9) + 0.2;
                var part = Ops.SumToShapeOf(output * Ops.FromSpan<double>(weights, output.Shape), Ops.Zeros([], DType.Float64));
                sum = sum is null ? part : sum + part;
            }

            return sum!;
        }

        void Compare(Variable source, Tensor? gradient)
        {
            const double Step = 1e-5;
            var start = source.Value.ToArray<double>();
            var slopes = gradient?.ToArray<double>() ?? new double[start.Length];
            for (var i = 0; i < Math.Min(start.Length, 24); i++)
            {
                var slope = (At(i, Step) - At(i, -Step)) / (2 * Step);
                Assert.True(Math.Abs(slope - slopes[i]) <= 1e-6 * Math.Max(1, Math.Abs(slope)), $"{source.Path}[{i}]: the tape says {slopes[i]}, differences say {slope}");
            }

            double At(int element, double step)
            {
                var moved = start.ToArray();
                moved[element] += step;
                source.Assign(Ops.FromSpan<double>(moved, source.Shape));
                var value = Loss().Item<double>();
                source.Assign(Ops.FromSpan<double>(start, source.Shape));
                return value;
            }
        }
    }

    [Fact]
    public void TrainsCompiledAsItDoesEagerly()
    {
        if (!HasConfig) return;
        var eager = make();
        Apply(eager);
        var compiled = Layer.FromConfig(eager.ClassName, eager.GetConfig());
        Apply(compiled);
        foreach (var (from, to) in eager.Variables.Zip(compiled.Variables)) to.Assign(from.Value);
        var step = Function.Of((Nest values) => Step(compiled, values));
        var losses = new HashSet<float>();
        for (var i = 0; i < 4; i++)
        {
            var expected = Step(eager, Inputs());
            Equal(expected, step.Apply(Inputs()));
            losses.Add(expected[0].Single().Item<float>());
        }

        Equal(Nest.List(eager.Variables.Select(variable => (Nest)variable.Value)), Nest.List(compiled.Variables.Select(variable => (Nest)variable.Value)));
        // Whoever draws random numbers in training draws others each time.
        if (eager.TrainableWeights.Count == 0 && eager.Variables.Count > eager.Weights.Count) Assert.Equal(4, losses.Count);

        // The loss, the outputs and the gradients of the inputs; trainable weights move.
        static Nest Step(Layer layer, Nest inputs)
        {
            using var tape = new GradientTape();
            var sources = inputs.Flatten().Where(input => input.DType.IsFloating).ToArray();
            foreach (var source in sources) tape.Watch(source);
            var outputs = layer.Apply(inputs, training: true).Flatten().Where(output => output.DType.IsFloating).ToArray();
            var loss = outputs.Select(output => Ops.Sum(output * output)).Aggregate((sum, part) => sum + part);
            var weights = layer.TrainableWeights;
            var gradients = tape.Gradient(Nest.Of(loss), Nest.List([.. weights.Select(weight => (Nest)weight), .. sources.Select(source => (Nest)source)]), unconnectedGradients: UnconnectedGradients.Zero).Flatten();
            for (var i = 0; i < weights.Count; i++) weights[i].AssignSub(gradients[i] * 0.01);
            return Nest.List([loss, .. outputs, .. gradients.Skip(weights.Count)]);
        }
    }

    Nest Inputs()
    {
        var tensors = inputs.Select((shape, i) => (Nest)Values(shape, i)).ToArray();
        return TakesAList ? Nest.List(tensors) : tensors[0];
    }

    Nest Apply(Layer layer) => layer.Apply(Inputs());

    TensorSpec[] Infer(Func<Shape, Shape> change)
    {
        var specs = inputs.Select((shape, i) => Nest.Of(new TensorSpec(change(shape), Values(shape, i).DType))).ToArray();
        return [.. CallPipeline.Infer(make(), TakesAList ? Nest.List(specs) : specs[0]).Flatten().Select(output => output.Spec)];
    }

    static void Equal(Nest expected, Nest actual)
    {
        var (a, b) = (expected.Flatten(), actual.Flatten());
        Assert.Equal(a.Select(tensor => tensor.Spec), b.Select(tensor => tensor.Spec));
        for (var i = 0; i < a.Count; i++)
        {
            if (a[i].DType != DType.Float32)
            {
                Assert.Equal(a[i].ToArray(), b[i].ToArray());
                continue;
            }

            foreach (var (x, y) in a[i].ToArray<float>().Zip(b[i].ToArray<float>())) Assert.True(Math.Abs(x - y) <= 1e-6f * Math.Max(1, Math.Abs(x)), $"{x} and {y}");
        }
    }
}
