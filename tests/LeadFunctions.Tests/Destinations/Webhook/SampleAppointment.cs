using System.Text.Json.Nodes;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Appointments;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>An appointment that a flow posts to a running program.</summary>
internal static class SampleAppointment
{
    public static async Task<Lead> BookAsync(LeadApp app, string service = "Consulting", string email = "someone@contoso.com") =>
        await app.LeadAsync(Assert.Single((await app.BookAsync("created", Body(service, email))).Leads));

    public static string Body(string service, string email) => new JsonObject
    {
        ["Id"] = $"AAMk-{service}",
        ["ServiceName"] = service,
        ["StartTime"] = "2026-12-01T10:00:00Z",
        ["EndTime"] = "2026-12-01T10:30:00Z",
        ["CustomerName"] = "Some One",
        ["CustomerEmail"] = email,
        ["CustomerNotes"] = "Bring \"coffee\"",
    }.ToJsonString();
}
