using LeadFunctions.Leads;

namespace LeadFunctions.Intake;

/// <summary><c>POST /api/leads</c>: where the marketplace sends leads.</summary>
internal static class LeadEndpoints
{
    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var intake = routes.ServiceProvider.GetRequiredService<LeadIntake>();
        var posts = routes.ServiceProvider.GetRequiredService<IntakePosts>();
        routes.MapPost("/api/leads", (RequestDelegate)(context => PostAsync(context, intake, posts)));
    }

    private static Task PostAsync(HttpContext context, LeadIntake intake, IntakePosts posts) =>
        posts.AnswerAsync(context, "lead", Sources.Marketplace, null, body => intake.TakeAsync(Sources.Marketplace, null, body));
}
