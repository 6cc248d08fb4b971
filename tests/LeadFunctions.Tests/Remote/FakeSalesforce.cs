using System.Collections.Concurrent;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>Salesforce's Web-to-Lead: 200 whatever came; the leads that it would make, and why it would not make the others.</summary>
internal sealed class FakeSalesforce : LoopbackServer
{
    private static readonly Dictionary<string, int> Lengths = new()
    {
        ["oid"] = 18,
        ["first_name"] = 40,
        ["last_name"] = 80,
        ["company"] = 255,
        ["email"] = 80,
        ["phone"] = 40,
        ["title"] = 128,
        ["country"] = 80,
        ["lead_source"] = 255,
        ["description"] = 32_000,
    };

    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> _leads = new();
    private readonly ConcurrentQueue<string> _faults = new();

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Leads => [.. _leads];

    public IReadOnlyList<string> Faults => [.. _faults];

    public static async Task<FakeSalesforce> StartAsync()
    {
        var server = new FakeSalesforce();
        await server.StartServerAsync();
        return server;
    }

    protected override Reply Handle(RecordedRequest request)
    {
        var form = QueryHelpers.ParseQuery(request.Body).ToDictionary(field => field.Key, field => field.Value.ToString());
        string[] faults =
        [
            .. request is { Method: "POST", Path: "/servlet/servlet.WebToLead" } ? [] : new[] { "the address" },
            .. QueryHelpers.ParseQuery(request.Query)["encoding"] == "UTF-8" ? [] : new[] { "the encoding" },
            .. request.MediaType("Content-Type") == "application/x-www-form-urlencoded" ? [] : new[] { "the content type" },
            .. form.GetValueOrDefault("oid") is { Length: 15 or 18 } oid && oid.StartsWith("00D", StringComparison.Ordinal) ? [] : new[] { "oid" },
            .. new[] { "last_name", "company" }.Where(name => string.IsNullOrWhiteSpace(form.GetValueOrDefault(name))),
            .. form.Where(field => !Lengths.TryGetValue(field.Key, out var most) || field.Value.Length > most).Select(field => field.Key),
        ];
        if (faults.Length == 0)
        {
            _leads.Enqueue(form);
        }
        else
        {
            _faults.Enqueue(string.Join(", ", faults));
        }

        return new Reply(200, "<html><head></head><body></body></html>", "text/html");
    }
}
