using Azure.Core.Pipeline;
using LeadFunctions.Remote;

namespace LeadFunctions.Appointments.Graph;

/// <summary>Puts the reader together. It exists only where a business is configured.</summary>
internal static class BookingsServices
{
    /// <summary>Events of appointments, from a flow and, where businesses are configured, from Microsoft Graph.</summary>
    public static void AddAppointments(this IServiceCollection services, BookingsOptions? options)
    {
        services.AddSingleton<AppointmentIntake>();
        if (options is not null)
        {
            services.AddBookings(options);
        }
    }

    private static void AddBookings(this IServiceCollection services, BookingsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new GraphClient(options, provider.GetRequiredService<RemoteClient>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<HttpPipelineTransport>()));
        services.AddSingleton(provider => new GraphCalendar(provider.GetRequiredService<GraphClient>(), options.Graph));
        services.AddSingleton<BookingsStaff>();
        services.AddSingleton<BookingsReader>();
        services.AddSingleton<BookingsService>();
        services.AddHostedService(provider => provider.GetRequiredService<BookingsService>());
    }
}
