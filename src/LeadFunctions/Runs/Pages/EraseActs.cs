using LeadFunctions.Hosting;
using LeadFunctions.Leads;
using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>What the forms of <see cref="ErasePage"/> do: count, and after a confirmation of that very address erase.</summary>
internal sealed class EraseActs(IActStore store, TimeProvider time)
{
    private static readonly Problem Unconfirmed = new(
        StatusCodes.Status403Forbidden,
        "This was not confirmed",
        "The form is none that said how much there is of this address. Nothing was erased: begin again.");

    public static Task AskAsync(HttpContext context) => WriteAsync(context, ErasePage.Ask(RunPages.SessionOf(context), Notice.Of(context.Request.Query)));

    public async Task CountAsync(HttpContext context, IFormCollection form)
    {
        var session = RunPages.SessionOf(context)!;
        var address = Address(form);
        if (!EraseEndpoint.IsAddress(address))
        {
            await WriteAsync(context, ErasePage.Ask(session, Html.Nothing, address, "This is no e-mail address."), StatusCodes.Status400BadRequest);
            return;
        }

        var found = await store.EraseAsync(address, countOnly: true, RunCaller.Of(context), time.GetUtcNow());
        await WriteAsync(context, found == default ? ErasePage.Ask(session, ErasePage.Nothing(address)) : ErasePage.Confirm(session, address, found));
    }

    public async Task EraseAsync(HttpContext context, IFormCollection form)
    {
        var address = Address(form);
        if (!EraseEndpoint.IsAddress(address) || !FormToken.IsProven(form, RunPages.SessionOf(context)!, ErasePage.Act(address)))
        {
            await ProblemPage.WriteAsync(context, Unconfirmed, RunPages.SessionOf(context));
            return;
        }

        var erased = await store.EraseAsync(address, countOnly: false, RunCaller.Of(context), time.GetUtcNow());
        await SeeOther.Async(context, Notice.Address("/api/runs/erase", "erased", erased.Leads, erased.Refused));
    }

    private static string Address(IFormCollection form) => EmailText.Clean(form["email"].ToString());

    private static Task WriteAsync(HttpContext context, Html page, int status = StatusCodes.Status200OK) =>
        new PageFrame("Erase a person’s data", page, RunPages.SessionOf(context)).WriteAsync(context, status);
}
