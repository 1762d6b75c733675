namespace Tapestry.Benchmarks.Measuring;

/// <summary>Our result is not libtorch's, so there is nothing to measure.</summary>
sealed class DisagreementException(string message) : Exception(message);
