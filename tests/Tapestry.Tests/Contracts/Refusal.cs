using System.Globalization;

namespace Tapestry.Tests.Contracts;

/// <summary>A mistake, and what the message about it must name: who complains, what was received, what was expected, and what to do.</summary>
/// <param name="Mistake">What must be refused.</param>
/// <param name="Subject">A part of the subject, such as <c>Lion.Beta1</c>; the layers on the way to it count.</param>
/// <param name="Received">A part of what was received.</param>
/// <param name="Expected">A part of what was expected.</param>
public sealed record Refusal(Action Mistake, string Subject, string Received, string Expected)
{
    /// <summary>One refusal for each of several values of one argument.</summary>
    public static IEnumerable<Refusal> Each<T>(string subject, string expected, Func<T, object> make, params T[] values) =>
        values.Select(value => new Refusal(() => make(value), subject, Convert.ToString(value, CultureInfo.InvariantCulture)!, expected));

    /// <summary>Makes the mistake.</summary>
    public void Check()
    {
        var refusal = Assert.Throws<TapestryException>(Mistake);
        Assert.Contains(Subject, string.Join(" > ", [.. refusal.LayerPath, refusal.Subject]));
        Assert.False(string.IsNullOrWhiteSpace(refusal.Fault), "the fault is missing");
        Assert.False(string.IsNullOrWhiteSpace(refusal.Received), $"what was received is missing: {refusal.Message}");
        Assert.Contains(Received, refusal.Received);
        Assert.False(string.IsNullOrWhiteSpace(refusal.Expected), $"what was expected is missing: {refusal.Message}");
        Assert.Contains(Expected, refusal.Expected);
        Assert.False(string.IsNullOrWhiteSpace(refusal.Remedy), $"the remedy is missing: {refusal.Message}");
        Assert.Contains($"Received: {refusal.Received}. Expected: {refusal.Expected}. {refusal.Remedy}", refusal.Message);
    }
}
