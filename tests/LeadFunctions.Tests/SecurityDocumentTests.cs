using System.Reflection;
using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests;

/// <summary>What docs/security.md promises is tried by the tests that it names.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Every_threat_names_tests_that_there_are()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

        AssertNamesTests(document[document.IndexOf("## Threats", StringComparison.Ordinal)..], least: 25);
    }

    /// <summary>The third column of a table's rows names tests, and those exist.</summary>
    internal static void AssertNamesTests(string table, int least)
    {
        string[] rows = [.. table.Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
        var known = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.GetCustomAttributes().OfType<Xunit.v3.IFactAttribute>().Any(fact => fact.Skip is null))
                .Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(rows.Length > least, $"{rows.Length}");
        Assert.All(rows, row =>
        {
            string[] named = [.. Test().Matches(row.Split('|')[3]).Select(match => match.Groups[1].Value)];
            Assert.NotEmpty(named);
            Assert.All(named, test => Assert.Contains(test, known));
        });
    }

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex Test();
}
