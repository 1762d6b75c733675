namespace Tapestry;

/// <summary>Where probabilities come from.</summary>
/// <param name="Values">The logits.</param>
/// <param name="AreClasses">True for a softmax over the last axis, false for a sigmoid.</param>
sealed record LogitSource(Tensor Values, bool AreClasses);
