using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Events;

/// <summary>What can happen to an appointment: the events of <see cref="Sources.Bookings"/>, in the order in which they happen.</summary>
internal static class AppointmentEvents
{
    public const string Created = "created";
    public const string Updated = "updated";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Created, Updated, Cancelled];

    /// <summary>What people call the state of an appointment after an event.</summary>
    public static string Status(string? eventName) => eventName switch
    {
        Cancelled => "cancelled",
        Updated => "changed",
        _ => "booked",
    };
}
