using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Commands;

/// <summary>The lead of the marketplace's documentation, each time with another text, so that it is not taken for a repeat.</summary>
internal static class SampleLead
{
    /// <param name="test">As Microsoft sends it on Validate: it arrives marked as a test.</param>
    public static byte[] New(bool test, DateTimeOffset now)
    {
        using var stream = typeof(SampleLead).Assembly.GetManifestResourceStream(test ? "sample-lead-test.json" : "sample-lead.json")!;
        var lead = JsonNode.Parse(stream)!;
        lead["Description"] = string.Create(CultureInfo.InvariantCulture, $"A sample, sent by LeadFunctions send at {now:yyyy-MM-dd'T'HH:mm:ss'Z'} ({Guid.NewGuid():N})");
        return Encoding.UTF8.GetBytes(lead.ToJsonString());
    }
}
