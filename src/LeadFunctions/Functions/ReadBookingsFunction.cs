using LeadFunctions.Appointments.Graph;
using Microsoft.Azure.Functions.Worker;

namespace LeadFunctions.Functions;

/// <summary>Each minute: reads the Bookings businesses that are due, if any are configured.</summary>
public sealed class ReadBookingsFunction(IServiceProvider services)
{
    [Function("readbookings")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken stop) =>
        services.GetService<BookingsPoller>()?.PollDueAsync(stop) ?? Task.CompletedTask;
}
