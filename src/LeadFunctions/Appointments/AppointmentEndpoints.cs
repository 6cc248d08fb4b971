using LeadFunctions.Appointments.Model;
using LeadFunctions.Intake;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary><c>POST /api/appointments/{event}</c>: where a flow sends what the Bookings connector's trigger gave it.</summary>
internal static class AppointmentEndpoints
{
    public static void MapAppointments(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var gate = services.GetRequiredService<IntakeGate>();
        var intake = services.GetRequiredService<AppointmentIntake>();
        var inbox = services.GetRequiredService<LeadInbox>();
        var options = services.GetRequiredService<IntakeOptions>();
        var answers = services.GetRequiredService<IntakeAnswers>();
        routes.MapPost("/api/appointments/{event}", (RequestDelegate)PostAsync);

        async Task PostAsync(HttpContext context)
        {
            if (await gate.AdmitAsync(context))
            {
                await answers.WriteAsync(context, "appointment", AcceptAsync(context.Request));
            }
        }

        async Task<IntakeResult> AcceptAsync(HttpRequest request)
        {
            var named = (string?)request.RouteValues["event"];
            var eventName = AppointmentEvents.All.FirstOrDefault(known => known.Equals(named, StringComparison.OrdinalIgnoreCase));
            var (body, refusal) = await PostedBody.ReadAsync(request, "appointment", options.MaxBodyBytes);
            refusal ??= eventName is null ? new BodyRefusal(StatusCodes.Status404NotFound, AppointmentIntake.UnknownEvent) : null;
            return refusal is not null
                ? await inbox.RefuseAsync(Sources.Bookings, eventName, refusal.HttpStatus, [refusal.Fault], body.Kept)
                : await intake.TakeAsync(eventName!, body);
        }
    }
}
