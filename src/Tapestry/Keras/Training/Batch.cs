namespace Tapestry.Keras;

/// <summary>What one step of training or evaluation gets: inputs, and perhaps targets and weights.</summary>
/// <param name="X">The inputs.</param>
/// <param name="Y">The targets, or null.</param>
/// <param name="SampleWeight">The weights of the samples, or null.</param>
public sealed record Batch(Nest X, Nest? Y = null, Nest? SampleWeight = null);
