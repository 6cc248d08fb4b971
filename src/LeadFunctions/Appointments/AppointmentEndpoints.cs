using LeadFunctions.Intake;

namespace LeadFunctions.Appointments;

/// <summary><c>POST /api/appointments/{event}</c>: where a flow sends what the Bookings connector's trigger gave it.</summary>
internal static class AppointmentEndpoints
{
    public static void MapAppointments(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var gate = services.GetRequiredService<IntakeGate>();
        var intake = services.GetRequiredService<AppointmentIntake>();
        var responses = services.GetRequiredService<IntakeResponses>();
        routes.MapPost("/api/appointments/{event}", (RequestDelegate)PostAsync);

        async Task PostAsync(HttpContext context)
        {
            if (await gate.AdmitAsync(context))
            {
                var postedAs = (string?)context.Request.RouteValues["event"];
                await responses.WriteAsync(context, "appointment", intake.AcceptAsync(context.Request, postedAs));
            }
        }
    }
}
