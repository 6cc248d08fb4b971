using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Appointments;

/// <summary>Posts of appointments, as a flow makes them.</summary>
internal static class AppointmentPosts
{
    public static string OneToOne => Samples.Read("appointment-one-to-one.json");

    public static string Group => Samples.Read("appointment-group.json");

    /// <summary>A sample with some properties set, or with null taken away.</summary>
    public static string Changed(string sample, params IEnumerable<(string Name, JsonNode? Value)> changes)
    {
        var changed = JsonNode.Parse(sample)!.AsObject();
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                changed.Remove(name);
            }
            else
            {
                changed[name] = value;
            }
        }

        return changed.ToJsonString();
    }

    /// <summary>A body that an earlier version refused.</summary>
    public static async Task<LeadId> KeepRefusedAsync(this LeadApp app, string eventName, string body)
    {
        var id = LeadId.New(DateTimeOffset.UtcNow);
        await app.Store.KeepRefusedAsync(new RefusedBody(id, Sources.Bookings, eventName, DateTimeOffset.FromUnixTimeMilliseconds(id.Milliseconds), 415, [new Violation("", "is a form")], Encoding.UTF8.GetBytes(body)));
        return id;
    }

    public static async Task<AppointmentAnswer> BookAsync(this LeadApp app, string eventName, string body)
    {
        using var response = await app.PostAsync(body, path: $"/api/appointments/{eventName}");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        var json = JsonElement.Parse(text);
        var leads = json.GetProperty("leads").EnumerateArray().Select(lead => new LeadAnswer(lead.GetProperty("leadId").GetGuid(), lead.GetProperty("duplicate").GetBoolean())).ToArray();
        Assert.Equal(("accepted", leads[0].LeadId, leads.All(lead => lead.Duplicate)), (json.GetProperty("status").GetString(), json.GetProperty("leadId").GetGuid(), json.GetProperty("duplicate").GetBoolean()));
        Assert.Equal($"/api/runs/{leads[0].LeadId}", response.Headers.Location?.OriginalString);
        return new AppointmentAnswer(leads);
    }

    /// <summary>The newest lead about the same customer's appointment.</summary>
    public static async Task<Lead> NewestAsync(this LeadApp app, Lead lead) => (await app.Store.FindGroupAsync(lead.SharedRow!.GroupId, [])).Single(newest => newest.RowId == lead.RowId);

    public static async Task<Lead> LeadAsync(this LeadApp app, LeadAnswer answer) => (await app.Store.FindRunAsync(new LeadId(answer.LeadId)))!.Lead;
}

/// <summary>What a 202 to an appointment says.</summary>
internal sealed record AppointmentAnswer(IReadOnlyList<LeadAnswer> Leads);
