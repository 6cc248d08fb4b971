using LeadFunctions.Appointments.Graph;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments;

/// <summary>Events of appointments: from a flow, and from Microsoft Graph where a business is configured.</summary>
internal static class AppointmentRegistration
{
    /// <param name="inBackground">A loop in the background polls the businesses too, not only the host's timer.</param>
    public static void AddAppointments(this IServiceCollection services, BookingsOptions? bookings, bool inBackground)
    {
        services.AddSingleton<AppointmentRecorder>().AddSingleton<AppointmentIntake>();
        if (bookings is not null)
        {
            services.AddSingleton(bookings);
            services.AddSingleton(provider => new GraphClient(
                bookings,
                provider.GetRequiredService<RemoteClient>(),
                provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => new GraphCalendar(provider.GetRequiredService<GraphClient>(), bookings.Graph));
            services.AddSingleton<StaffDirectory>().AddSingleton<PolledEventIntake>();
            services.AddSingleton<BookingsReader>().AddSingleton<BookingsPoller>();
            if (inBackground)
            {
                services.AddHostedService(provider => provider.GetRequiredService<BookingsPoller>());
            }
        }
    }
}
