using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Fit;

/// <summary>Calls that are refused.</summary>
sealed class RefusalsAdapter : IGoldenAdapter
{
    public string Group => "fit";

    public bool Implements(GoldenObject golden) => golden.Name == "Refusals";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        var kind = golden.Name[(golden.Name.IndexOf('_') + 1)..];
        if (kind is "evaluate_unknown_argument" or "dataset_with_y" or "sample_weight_with_dataset" or "validation_freq_type")
        {
            check.True(kind, !Compiles(kind), "such a call compiles");
            return;
        }

        Tensor x = Ops.Ones([8, 2]), y = Ops.Ones([8, 1]);
        var input = new Input([2]);
        var two = new Model(input, (Tensor[])[new Dense(1, name: "a").Apply(input), new Dense(1, name: "b").Apply(input)]);
        check.Refuses(kind, kind switch
        {
            "not_compiled_fit" => () => new Sequential([new Dense(1)]).Fit(x, y),
            "not_compiled_evaluate" => () => new Sequential([new Dense(1)]).Evaluate(x, y),
            "no_loss" => () =>
            {
                var model = new Sequential([new Dense(1)]);
                model.Compile("sgd");
                model.Fit(x, y, verbose: 0);
            }
            ,
            "cardinality" => () => CallbackModel.Make().Fit(x, Ops.Ones([7, 1]), verbose: 0),
            "optimizer_name" => () => two.Compile("adamm", "mse"),
            "loss_name" => () => two.Compile("sgd", "msee"),
            "metric_name" => () => two.Compile("sgd", "mse", metrics: ["maee"]),
            "class_weight_and_sample_weight" => () => CallbackModel.Make().Fit(x, y, verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 }, sampleWeight: Ops.Ones([8])),
            "class_weight_two_outputs" => () =>
            {
                two.Compile("sgd", "mse");
                two.Fit(x, (Tensor[])[y, y], verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 });
            }
            ,
            "loss_dict_keys" => () =>
            {
                two.Compile("sgd", new LossAssignment { ["a"] = "mse", ["c"] = "mse" });
                two.Fit(x, (Tensor[])[y, y], verbose: 0);
            }
            ,
            "loss_weights_count" => () =>
            {
                two.Compile("sgd", ["mse", "mse"], lossWeights: [1.0, 2.0, 3.0]);
                two.Fit(x, (Tensor[])[y, y], verbose: 0);
            }
            ,
            "input_width" => () => CallbackModel.Make().Fit(Ops.Ones([8, 5]), y, verbose: 0),
            _ => () => check.Fail(golden.Name, "this case is new: say here what is wrong in it"),
        });
    }

    // What Python finds at run time the compiler finds here, by the parameters of the methods.
    static bool Compiles(string kind)
    {
        System.Reflection.ParameterInfo[][] Of(string method) => [.. typeof(ModelTraining).GetMethods().Where(each => each.Name == method).Select(each => each.GetParameters())];
        bool TakesBatches(System.Reflection.ParameterInfo[] parameters) => parameters.Any(each => each.ParameterType == typeof(IEnumerable<Batch>));
        return kind switch
        {
            "evaluate_unknown_argument" => Of("Evaluate").Any(parameters => parameters.Any(each => each.ParameterType == typeof(object) || typeof(System.Collections.IDictionary).IsAssignableFrom(each.ParameterType))),
            "dataset_with_y" => Of("Fit").Any(parameters => TakesBatches(parameters) && parameters.Any(each => each.Name == "y")),
            "sample_weight_with_dataset" => Of("Fit").Any(parameters => TakesBatches(parameters) && parameters.Any(each => each.Name == "sampleWeight")),
            _ => Of("Fit").Any(parameters => parameters.Any(each => each.Name == "validationFreq" && each.ParameterType is var type && (type == typeof(object) || type == typeof(string) || type == typeof(double)))),
        };
    }
}
