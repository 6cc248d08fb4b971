using Azure.Core.Pipeline;
using LeadFunctions.Bookings;
using LeadFunctions.Destinations;
using LeadFunctions.Remote;

namespace LeadFunctions.Commands;

/// <summary>Whether the appointments of each configured business can be read, and what to do if not. Reads only.</summary>
internal sealed class BookingsCheck(BookingsOptions options, RemoteClient remote, TimeProvider time, HttpPipelineTransport? identity)
{
    // A person waits for it: a Graph that asks to be left alone is an answer.
    private readonly GraphCalendar _calendar = new(new GraphClient(options, remote, time, identity) { MostWaits = 0 }, options.Graph);

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken stop)
    {
        var results = new List<CheckResult>();
        foreach (var business in options.Businesses)
        {
            results.Add(await CheckAsync(business, stop));
        }

        return results;
    }

    private async Task<CheckResult> CheckAsync(string business, CancellationToken stop)
    {
        var what = $"Appointments of {business}";
        try
        {
            var now = time.GetUtcNow();
            var appointments = await _calendar.ListAsync(business, now, now + TimeSpan.FromDays(1), stop);
            return new CheckResult($"{what} can be read ({appointments.Count} within a day)", Passed: true);
        }
        catch (GraphUnavailableException exception)
        {
            return new CheckResult($"{what} can't be read", Passed: false, $"{exception.Fault.Reason} {GraphAdvice.For(exception.Fault.Kind, business)}");
        }
    }
}
