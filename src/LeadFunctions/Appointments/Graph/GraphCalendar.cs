using System.Globalization;
using System.Text.Json;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// The appointments of a Bookings business (Graph v1.0: List business calendarView, Get bookingAppointment, List staffMembers). The list
/// serves to find out what changed. It doesn't always give customers, and gives some notes only with an appointment read by its id.
/// </summary>
internal sealed class GraphCalendar(GraphClient client, Uri graph)
{
    private const int MostPages = 1_000;

    public Task<IReadOnlyList<JsonElement>> ListAsync(string business, DateTimeOffset from, DateTimeOffset to, CancellationToken stop) =>
        PagesAsync(business, Address(business, $"/calendarView?start={Iso(from)}&end={Iso(to)}"), stop);

    /// <summary>The appointment; null when Graph says that it isn't there.</summary>
    public async Task<JsonElement?> FindAsync(string business, string id, CancellationToken stop)
    {
        var found = await client.FindAsync(Address(business, $"/appointments/{Uri.EscapeDataString(id)}"), stop);
        return found is { } appointment && GraphAppointment.Id(appointment) is null
            ? throw Unexpected("Graph gave something else for an appointment.")
            : found;
    }

    public Task<IReadOnlyList<JsonElement>> StaffAsync(string business, CancellationToken stop) =>
        PagesAsync(business, Address(business, "/staffMembers"), stop);

    private async Task<IReadOnlyList<JsonElement>> PagesAsync(string business, Uri first, CancellationToken stop)
    {
        var items = new List<JsonElement>();
        var next = first;
        for (var page = 0; next is not null; page++)
        {
            if (page == MostPages)
            {
                throw Unexpected($"Graph gave more than {MostPages} pages.");
            }

            var body =
                await client.FindAsync(next, stop)
                ?? throw new GraphUnavailableException(
                    new GraphFault(GraphFaultKind.UnknownBusiness, 404, $"Graph knows no business {business}."));
            if (!body.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.Array)
            {
                throw Unexpected("Graph gave a page without its list (value).");
            }

            items.AddRange(value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object));
            next =
                body.TryGetProperty("@odata.nextLink", out var link) && link.ValueKind == JsonValueKind.String
                    ? Checked(link.GetString()!)
                    : null;
        }

        return items;
    }

    /// <summary>The link must lead to Graph itself: the request that follows it carries the token.</summary>
    private Uri Checked(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var next)
        && next.GetLeftPart(UriPartial.Authority) == graph.GetLeftPart(UriPartial.Authority)
            ? next
            : throw Unexpected("Graph's link to the next page leads to another host; it was not followed.");

    private Uri Address(string business, string rest) =>
        new(graph, $"v1.0/solutions/bookingBusinesses/{Uri.EscapeDataString(business)}{rest}");

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static GraphUnavailableException Unexpected(string reason) => new(new GraphFault(GraphFaultKind.Unexpected, 200, reason));
}
