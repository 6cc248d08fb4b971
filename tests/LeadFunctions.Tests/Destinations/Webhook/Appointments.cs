using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>Appointments as they are after intake, put into a running program.</summary>
internal static class Appointments
{
    public static async Task<Lead> KeepAsync(LeadApp app, string service = "Consulting", string email = "someone@contoso.com")
    {
        var at = app.App.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var lead = new Lead(LeadId.New(at), "bookings", "created", at, new LeadContent(
            Encoding.UTF8.GetBytes($$"""
            {"Id":"AAMk-1","ServiceName":"{{service}}","StartTime":"2026-12-01T10:00:00Z","EndTime":"2026-12-01T10:30:00Z","CustomerNotes":"Bring \"coffee\"",
            "UserDetails":{"FirstName":"Some","LastName":"One","Email":"{{email}}"} }
            """)));
        await app.Store.AcceptAsync(lead, lead.Id.Value.ToByteArray(), null, DestinationRoute.Plan(app.App.Services.GetRequiredService<IReadOnlyList<DestinationRoute>>(), lead));
        return lead;
    }
}
