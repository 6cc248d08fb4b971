using LeadFunctions.Intake;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary><c>POST /api/appointments/{event}</c>: where a flow sends what the Bookings connector's trigger gave it.</summary>
internal static class AppointmentEndpoints
{
    public static void MapAppointments(this IEndpointRouteBuilder routes)
    {
        var intake = routes.ServiceProvider.GetRequiredService<AppointmentIntake>();
        var keeper = routes.ServiceProvider.GetRequiredService<LeadKeeper>();
        var posts = routes.ServiceProvider.GetRequiredService<IntakePosts>();
        routes.MapPost("/api/appointments/{event}", (RequestDelegate)(context => PostAsync(context, intake, keeper, posts)));
    }

    private static Task PostAsync(HttpContext context, AppointmentIntake intake, LeadKeeper keeper, IntakePosts posts)
    {
        var named = (string?)context.Request.RouteValues["event"];
        var happening = AppointmentEvents.All.FirstOrDefault(known => known.Equals(named, StringComparison.OrdinalIgnoreCase));
        return posts.AnswerAsync(context, "appointment", Sources.Bookings, happening, body => happening is null ? UnknownAsync(keeper, body) : intake.TakeAsync(happening, body));
    }

    private static Task<IntakeResult> UnknownAsync(LeadKeeper keeper, PostedBody body) =>
        keeper.RefuseAsync(
            Sources.Bookings,
            null,
            StatusCodes.Status404NotFound,
            [AppointmentIntake.UnknownEvent],
            body.Kept);
}
