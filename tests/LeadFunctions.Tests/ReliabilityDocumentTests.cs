using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests;

/// <summary>What docs/reliability.md promises is proved by the tests that it names.</summary>
public sealed class ReliabilityDocumentTests
{
    [Fact]
    public void Every_promise_names_tests_that_there_are()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reliability.md"));

        SecurityDocumentTests.AssertNamesTests(document[..document.IndexOf("## What is done to it", StringComparison.Ordinal)], least: 8);
    }
}
