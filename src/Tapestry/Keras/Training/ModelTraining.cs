using System.Runtime.CompilerServices;
using Tapestry.Keras.Training;

namespace Tapestry.Keras;

/// <summary>Compile, Fit, Evaluate and Predict.</summary>
public static class ModelTraining
{
    extension(Model model)
    {
        /// <summary>Says how the model is trained. Source: <c>keras.Model.compile</c>.</summary>
        /// <param name="optimizer">The optimizer; <c>"rmsprop"</c> by default.</param>
        /// <param name="loss">The loss: one for all outputs, one per output, or by the names of outputs; null for only what layers add.</param>
        /// <param name="lossWeights">The weights of the losses of several outputs.</param>
        /// <param name="metrics">What is measured beside the loss, without the weights of samples.</param>
        /// <param name="weightedMetrics">What is measured with the weights of samples.</param>
        /// <param name="runEagerly">Whether steps run as they stand instead of compiled: slower, but easy to debug; the numbers are the same.</param>
        /// <param name="stepsPerExecution">How many batches make up one step for the callbacks.</param>
        /// <param name="recompute">Whether the step computes activations and normalizations again for the gradient instead of keeping them, where that saves memory (<see cref="FunctionOptions.Recompute"/>); the numbers are the same.</param>
        /// <exception cref="TapestryException">A name is unknown.</exception>
        public void Compile(
            Optimizer? optimizer = null,
            LossAssignment? loss = null,
            LossWeights? lossWeights = null,
            MetricAssignment? metrics = null,
            MetricAssignment? weightedMetrics = null,
            bool runEagerly = false,
            int stepsPerExecution = 1,
            bool recompute = false) => model.Trainer.Compile(optimizer ?? "rmsprop", loss, lossWeights, metrics, weightedMetrics, runEagerly, stepsPerExecution, recompute);

        /// <summary>Trains on tensors. Source: <c>keras.Model.fit</c>.</summary>
        /// <param name="x">The inputs: a tensor, a list, or a dictionary by the names of inputs. The first axis is that of the samples.</param>
        /// <param name="y">The targets, in the structure of the outputs; null if the model needs none.</param>
        /// <param name="batchSize">The number of samples per step.</param>
        /// <param name="epochs">The number of the last epoch: so many passes over the data, less <paramref name="initialEpoch"/>.</param>
        /// <param name="verbose">0 is silent, 1 draws a bar, 2 writes a line per epoch; null is 1, or 2 where the console is redirected.</param>
        /// <param name="callbacks">Who is told what happens.</param>
        /// <param name="validationSplit">The fraction of the samples, taken from the end, that is kept for validation.</param>
        /// <param name="validationData">Other data for validation.</param>
        /// <param name="shuffle">Whether the samples are in another order in each epoch. The order follows from the number of the epoch.</param>
        /// <param name="classWeight">The weights of classes by their numbers; a class without one weighs 1.</param>
        /// <param name="sampleWeight">The weights of the samples.</param>
        /// <param name="initialEpoch">The number of the first epoch, to go on with an earlier training.</param>
        /// <param name="stepsPerEpoch">The number of batches per epoch; null takes all.</param>
        /// <param name="validationSteps">The number of batches per validation; null takes all.</param>
        /// <param name="validationBatchSize">The number of samples per step of validation; that of training by default.</param>
        /// <param name="validationFreq">After which epochs there is a validation.</param>
        /// <returns>The numbers of all epochs.</returns>
        /// <exception cref="TapestryException">The model is not compiled, the lengths of the data differ, or they do not fit the model.</exception>
        public History Fit(
            Nest x,
            Nest? y = null,
            int batchSize = 32,
            int epochs = 1,
            int? verbose = null,
            IReadOnlyList<Callback>? callbacks = null,
            double validationSplit = 0.0,
            Batch? validationData = null,
            bool shuffle = true,
            IReadOnlyDictionary<int, double>? classWeight = null,
            Nest? sampleWeight = null,
            int initialEpoch = 0,
            int? stepsPerEpoch = null,
            int? validationSteps = null,
            int? validationBatchSize = null,
            ValidationFrequency? validationFreq = null)
        {
            model.Trainer.RequireCompiled("Fit");
            var data = new Batch(x, y, sampleWeight);
            if (classWeight is not null) data = Weighted(data, classWeight);
            if (validationSplit != 0 && validationData is null) (data, validationData) = ValidationSplit.Cut(data, validationSplit);
            var plan = new FitPlan
            {
                Epochs = epochs,
                InitialEpoch = initialEpoch,
                StepsPerEpoch = stepsPerEpoch,
                Validation = validationData is null ? null : new ArrayBatches(validationData, validationBatchSize ?? batchSize, shuffle: false, "Fit.validationData"),
                ValidationSteps = validationSteps,
                ValidationFrequency = validationFreq ?? 1,
                Callbacks = callbacks,
                Verbose = Verbosity(verbose),
            };
            return new FitLoop(model).Fit(new ArrayBatches(data, batchSize, shuffle, "Fit"), plan);
        }

        /// <summary>Trains on a sequence of batches, each pass over which is an epoch. Source: <c>keras.Model.fit</c> with a data set.</summary>
        /// <param name="batches">The batches.</param>
        /// <param name="epochs">The number of the last epoch.</param>
        /// <param name="verbose">0 is silent, 1 draws a bar, 2 writes a line per epoch; null is 1, or 2 where the console is redirected.</param>
        /// <param name="callbacks">Who is told what happens.</param>
        /// <param name="validationData">Batches for validation.</param>
        /// <param name="classWeight">The weights of classes by their numbers; a class without one weighs 1.</param>
        /// <param name="initialEpoch">The number of the first epoch.</param>
        /// <param name="stepsPerEpoch">The number of batches per epoch, for sequences without end; null takes all.</param>
        /// <param name="validationSteps">The number of batches per validation; null takes all.</param>
        /// <param name="validationFreq">After which epochs there is a validation.</param>
        /// <returns>The numbers of all epochs.</returns>
        /// <exception cref="TapestryException">The model is not compiled, or a batch does not fit it.</exception>
        [OverloadResolutionPriority(1)]
        public History Fit(
            IEnumerable<Batch> batches,
            int epochs = 1,
            int? verbose = null,
            IReadOnlyList<Callback>? callbacks = null,
            IEnumerable<Batch>? validationData = null,
            IReadOnlyDictionary<int, double>? classWeight = null,
            int initialEpoch = 0,
            int? stepsPerEpoch = null,
            int? validationSteps = null,
            ValidationFrequency? validationFreq = null)
        {
            model.Trainer.RequireCompiled("Fit");
            var plan = new FitPlan
            {
                Epochs = epochs,
                InitialEpoch = initialEpoch,
                StepsPerEpoch = stepsPerEpoch,
                Validation = validationData is null ? null : new EnumeratedBatches(validationData),
                ValidationSteps = validationSteps,
                ValidationFrequency = validationFreq ?? 1,
                Callbacks = callbacks,
                Verbose = Verbosity(verbose),
            };
            return new FitLoop(model).Fit(new EnumeratedBatches(batches, classWeight), plan);
        }

        /// <summary>The loss and metrics on tensors. Source: <c>keras.Model.evaluate</c>.</summary>
        /// <param name="x">The inputs.</param>
        /// <param name="y">The targets.</param>
        /// <param name="batchSize">The number of samples per step.</param>
        /// <param name="verbose">0 is silent, 1 draws a bar, 2 writes a line; null is 1, or 2 where the console is redirected.</param>
        /// <param name="sampleWeight">The weights of the samples.</param>
        /// <param name="steps">The number of batches; null takes all.</param>
        /// <param name="callbacks">Who is told what happens.</param>
        /// <returns>The numbers by their names, in alphabetical order.</returns>
        /// <exception cref="TapestryException">The model is not compiled, or the data do not fit.</exception>
        public Logs Evaluate(Nest x, Nest? y = null, int batchSize = 32, int? verbose = null, Nest? sampleWeight = null, int? steps = null, IReadOnlyList<Callback>? callbacks = null)
        {
            model.Trainer.RequireCompiled("Evaluate");
            return new FitLoop(model).Evaluate(new ArrayBatches(new Batch(x, y, sampleWeight), batchSize, shuffle: false, "Evaluate"), steps, callbacks, Verbosity(verbose));
        }

        /// <summary>The loss and metrics on a sequence of batches.</summary>
        /// <param name="batches">The batches.</param>
        /// <param name="verbose">0 is silent, 1 draws a bar, 2 writes a line; null is 1, or 2 where the console is redirected.</param>
        /// <param name="steps">The number of batches; null takes all.</param>
        /// <param name="callbacks">Who is told what happens.</param>
        /// <returns>The numbers by their names, in alphabetical order.</returns>
        [OverloadResolutionPriority(1)]
        public Logs Evaluate(IEnumerable<Batch> batches, int? verbose = null, int? steps = null, IReadOnlyList<Callback>? callbacks = null)
        {
            model.Trainer.RequireCompiled("Evaluate");
            return new FitLoop(model).Evaluate(new EnumeratedBatches(batches), steps, callbacks, Verbosity(verbose));
        }

        /// <summary>The predictions for tensors, batch by batch. Source: <c>keras.Model.predict</c>.</summary>
        /// <param name="x">The inputs.</param>
        /// <param name="batchSize">The number of samples per step.</param>
        /// <param name="verbose">0 is silent, 1 draws a bar, 2 writes a line; null is 1, or 2 where the console is redirected.</param>
        /// <param name="steps">The number of batches; null takes all.</param>
        /// <param name="callbacks">Who is told what happens.</param>
        /// <returns>The outputs in the structure of the model; a single one converts to <see cref="Tensor"/> by itself.</returns>
        public Nest Predict(Nest x, int batchSize = 32, int? verbose = null, int? steps = null, IReadOnlyList<Callback>? callbacks = null) =>
            new FitLoop(model).Predict(new ArrayBatches(new Batch(x), batchSize, shuffle: false, "Predict"), steps, callbacks, Verbosity(verbose));

        /// <summary>One step of training on one batch; metrics start anew. Source: <c>keras.Model.train_on_batch</c>.</summary>
        /// <param name="x">The inputs.</param>
        /// <param name="y">The targets.</param>
        /// <param name="sampleWeight">The weights of the samples.</param>
        /// <param name="classWeight">The weights of classes by their numbers.</param>
        /// <returns>The numbers by their names, in alphabetical order.</returns>
        /// <exception cref="TapestryException">The model is not compiled, or the batch does not fit.</exception>
        public Logs TrainOnBatch(Nest x, Nest? y = null, Nest? sampleWeight = null, IReadOnlyDictionary<int, double>? classWeight = null)
        {
            model.Trainer.RequireCompiled("TrainOnBatch");
            var batch = new Batch(x, y, sampleWeight);
            if (classWeight is not null) batch = Weighted(batch, classWeight);
            return OnBatch(model, batch, model.Trainer.TrainStep, "TrainOnBatch");
        }

        /// <summary>The loss and metrics on one batch; metrics start anew. Source: <c>keras.Model.test_on_batch</c>.</summary>
        /// <param name="x">The inputs.</param>
        /// <param name="y">The targets.</param>
        /// <param name="sampleWeight">The weights of the samples.</param>
        /// <returns>The numbers by their names, in alphabetical order.</returns>
        /// <exception cref="TapestryException">The model is not compiled, or the batch does not fit.</exception>
        public Logs TestOnBatch(Nest x, Nest? y = null, Nest? sampleWeight = null)
        {
            model.Trainer.RequireCompiled("TestOnBatch");
            return OnBatch(model, new Batch(x, y, sampleWeight), model.Trainer.TestStep, "TestOnBatch");
        }

        /// <summary>The predictions for one batch. Source: <c>keras.Model.predict_on_batch</c>.</summary>
        /// <param name="x">The inputs.</param>
        public Nest PredictOnBatch(Nest x)
        {
            var batch = new Batch(x);
            ArrayBatches.Cardinality(batch, "PredictOnBatch");
            return model.Trainer.PredictStep.Run(BatchLayout.Of(batch, out var tensors), tensors).Copy();
        }

        /// <summary>The optimizer that the model was compiled with.</summary>
        /// <exception cref="TapestryException">The model is not compiled.</exception>
        public Optimizer Optimizer => model.Trainer.RequireOptimizer();

        /// <summary>All metrics: that of the loss first, then the compiled ones (known from the first batch on), then those of layers.</summary>
        public IReadOnlyList<Metric> Metrics => model.Trainer.Metrics;

        /// <summary>Whether training ends after this batch; callbacks set it.</summary>
        public bool StopTraining { get => model.Trainer.StopTraining; set => model.Trainer.StopTraining = value; }
    }

    static Batch Weighted(Batch data, IReadOnlyDictionary<int, double> classWeight)
    {
        if (data.SampleWeight is not null) throw new TapestryException("Fit.classWeight", "classes and samples cannot both have weights", expected: "classWeight or sampleWeight", remedy: "Multiply the weights of the classes into those of the samples.");
        if (data.Y is null) throw new TapestryException("Fit.classWeight", "there are no targets", expected: "targets whose classes have weights");
        return data with { SampleWeight = ClassWeights.Of(data.Y, classWeight) };
    }

    static Logs OnBatch(Model model, Batch batch, CompiledStep step, string subject)
    {
        ArrayBatches.Cardinality(batch, subject);
        model.Trainer.ResetMetrics();
        return step.Run(BatchLayout.Of(batch, out var tensors), tensors).ToLogs();
    }

    // A bar is drawn over itself, which only a terminal can show.
    static int Verbosity(int? verbose) => verbose ?? (Console.IsOutputRedirected ? 2 : 1);
}
