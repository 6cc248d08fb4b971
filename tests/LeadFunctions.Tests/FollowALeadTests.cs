using System.Globalization;
using System.Text.RegularExpressions;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests;

/// <summary>The page that leads a newcomer through the code (<c>docs/follow-a-lead.md</c>) stays true.</summary>
public sealed partial class FollowALeadTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "follow-a-lead.md"));

    /// <summary>A heading says how many files its list has; each line is one file.</summary>
    private static readonly IReadOnlyList<(int Said, string[] Files)> Lists =
    [
        .. Heading().Matches(Page).Select(heading => (
            int.Parse(heading.Groups[1].Value, CultureInfo.InvariantCulture),
            Line().Matches(heading.Groups[2].Value).Select(line => line.Groups[1].Value).ToArray())),
    ];

    [Fact]
    public void Each_heading_says_how_many_files_its_list_has()
    {
        Assert.NotEmpty(Lists);
        Assert.All(Lists, list => Assert.Equal(list.Said, list.Files.Length));
    }

    [Fact]
    public void Each_file_that_the_page_names_exists() =>
        Assert.All(Link().Matches(Page).Select(link => link.Groups[1].Value), file => Assert.True(File.Exists(Source(file)), file));

    [Fact]
    public void Each_file_of_a_list_is_used_by_one_above_it_or_is_a_registered_service_or_a_trigger()
    {
        var read = string.Concat(Directory.EnumerateFiles(Source(""), "*Registration.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var unused = new List<string>();
        foreach (var file in Lists.SelectMany(list => list.Files))
        {
            var text = File.ReadAllText(Source(file));
            var types = Declaration().Matches(text).Select(match => match.Groups[1].Value);
            var isTrigger = text.Contains("[Function(", StringComparison.Ordinal);
            if (file != Lists[0].Files[0] && !isTrigger && !types.Any(type => Regex.IsMatch(read, $@"\b{type}\b")))
            {
                unused.Add(file);
            }

            read += text;
        }

        Assert.Empty(unused);
    }

    private static string Source(string file) => Path.Combine(Repository.Root, "src", "LeadFunctions", file);

    [GeneratedRegex(@"^## .*\((\d+) files\)\n((?:(?!^## )[\s\S])*)", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\d+\. \[[^\]]+\]\(\.\./src/LeadFunctions/([^)]+\.cs)\): ", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^internal .*\b(?:class|record|record struct|interface|enum) ([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\(\.\./src/LeadFunctions/([^)]+\.cs)\)")]
    private static partial Regex Link();
}
