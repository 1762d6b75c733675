namespace Tapestry;

/// <summary>
/// Another form of an operation that reads one of its inputs as something made of it in advance: while a variable keeps its value, compiled functions make that once and keep it.
/// The numbers are the same to the bit.
/// </summary>
/// <param name="Input">Which input is made ready.</param>
/// <param name="Preparation">Makes it ready; equal preparations of a variable are shared.</param>
/// <param name="Spec">What the preparation gives.</param>
/// <param name="Op">The operation on what was made ready, with as many inputs and outputs.</param>
sealed record PreparedForm(int Input, Op Preparation, TensorSpec Spec, Op Op);
