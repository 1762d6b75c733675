using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tapestry.Tests.Golden;

/// <summary>Marks a test that runs once for each object of a group; objects without an implementation show as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Tapestry.Tests.Golden.GoldenDiscoverer", "Tapestry.Tests")]
public sealed class GoldenTheoryAttribute(string group) : FactAttribute
{
    public string Group => group;
}

/// <summary>Makes one test case per object.</summary>
public sealed class GoldenDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var group = GoldenSource.Default.Open(factAttribute.GetNamedArgument<string>(nameof(GoldenTheoryAttribute.Group)));
        foreach (var golden in group?.Objects ?? [])
            yield return new GoldenTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, [golden.Name]);
    }
}

/// <summary>The test of one object.</summary>
public sealed class GoldenTestCase : XunitTestCase
{
    /// <summary>For the test runner, which fills it from its serialized form.</summary>
    [Obsolete("Called by the test runner.")]
    public GoldenTestCase()
    {
    }

    public GoldenTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[] arguments)
        : base(messages, display, options, method, arguments)
    {
    }

    // Looked up each time: a case that the runner brought back from its serialized form has only its arguments.
    static GoldenObject Find(IAttributeInfo fact, object[] arguments) =>
        GoldenSource.Default.Open(fact.GetNamedArgument<string>(nameof(GoldenTheoryAttribute.Group)))!.Object((string)arguments[0]);

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var golden = Find(factAttribute, TestMethodArguments);
        return GoldenAdapters.Find(golden) is null ? $"{golden.Group.Name}/{golden.Name} has no implementation yet" : null;
    }

    public override Task<RunSummary> RunAsync(IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
    {
        if (SkipReason is not null)
        {
            var golden = Find(TestMethod.Method.GetCustomAttributes(typeof(GoldenTheoryAttribute)).Single(), TestMethodArguments);
            GoldenReport.Current.Add(golden.Group.Name, golden.Name, GoldenRunner.Run(golden, null));
        }

        return base.RunAsync(diagnosticMessageSink, messageBus, constructorArguments, aggregator, cancellationTokenSource);
    }
}
