using System.Text.Json;
using LeadFunctions.Appointments;
using LeadFunctions.Hosting;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Store;

namespace LeadFunctions.Runs;

/// <summary>
/// <c>GET /api/runs/refused/{refusedId}</c>: one body that was refused. <c>POST /api/runs/refused/{refusedId}/replay</c>: takes it after
/// all, once the schema allows it.
/// </summary>
internal sealed class RefusedEndpoints(IRunHistoryStore store, LeadIntake intake, AppointmentIntake appointments)
{
    public async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } refused)
        {
            await ProblemPage.AnswerAsync(context, NoSuchBody);
            return;
        }

        if (RunFormats.IsForPage(context.Request))
        {
            await RunPages.RefusedAsync(context, refused);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, RunJson.Options);
        RefusedJson.Write(json, refused);
    }

    public async Task ReplayAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } refused)
        {
            await NoSuchBody.WriteAsync(context);
            return;
        }

        switch (await ReplayAsync(refused, context.CallerName()))
        {
            case IntakeResult.Accepted accepted:
                await IntakeResponses.WriteAsync(context.Response, accepted);
                break;
            case IntakeResult.AcceptedAll all:
                await IntakeResponses.WriteAsync(context.Response, all);
                break;
            case IntakeResult.Refused still:
                await StillRefused(still, "Each fault is in errors.").WriteAsync(context);
                break;
            default:
                await new Problem(
                    StatusCodes.Status409Conflict,
                    "It is a lead already",
                    $"It was replayed before: see /api/runs/{await FindLeadAsync(refused.Id)}.").WriteAsync(context);
                break;
        }
    }

    /// <summary>Accepts a refused body as it would be accepted today.</summary>
    public Task<IntakeResult> ReplayAsync(RefusedBody refused, string by) =>
        refused.Source == Sources.Bookings ? appointments.ReplayAsync(refused, by) : intake.ReplayAsync(refused, by);

    /// <summary>The lead that a replayed body became or repeats.</summary>
    public async Task<LeadId> FindLeadAsync(LeadId refused) => (await store.FindRefusedAsync(refused))?.Repeats ?? refused;

    public static Problem StillRefused(IntakeResult.Refused still, string where) =>
        new(
            StatusCodes.Status400BadRequest,
            "It is still refused",
            $"{where} Change the schema (Intake:SchemaFile) or post a mended body.",
            still.Violations,
            still.RefusedId.ToString());

    public static Problem NoSuchBody =>
        new(
            StatusCodes.Status404NotFound,
            "No such refused body",
            "There is no refused body of this id. It may have been removed after Store:Retention.");

    private async Task<RefusedBody?> FindAsync(HttpContext context) =>
        LeadId.TryParse(context.Request.RouteValues["refusedId"] as string, out var id) ? await store.FindRefusedAsync(id) : null;
}
