using LeadFunctions.Store;

namespace LeadFunctions.Runs.Pages;

/// <summary>Leads as the rows of a table. On a narrow screen each row is a card; the roles keep it a table for screen readers.</summary>
internal static class RunRows
{
    public static Html Table(IReadOnlyList<Run> runs) => Html.Of(
        $"""
        <table class="rows" role="table" aria-labelledby="list-title">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Received</th><th role="columnheader" scope="col">Lead</th><th role="columnheader" scope="col">Offer</th><th role="columnheader" scope="col">Source</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Destinations</th></tr></thead>
        <tbody id="rows" role="rowgroup" data-rows>
        {runs.Select(Row)}
        </tbody></table>
        """);

    private static Html Row(Run run)
    {
        var (lead, content) = (run.Lead, run.Lead.Content);
        return Html.Of(
            $"""
            <tr role="row" id="r-{lead.Id.ToString()}"><td role="cell" class="at">{Shown.Time(lead.ReceivedAt)}</td>
            <th role="rowheader" scope="row" class="who"><a href="/api/runs/{lead.Id.ToString()}">{Shown.Text(Shown.Name(lead))}</a> {Shown.Marks(lead)}<span class="minor">{Shown.Text(content.Text("UserDetails", "Company"))}</span></th>
            <td role="cell" class="offer">{Shown.Text(content.Text("OfferTitle"))}<span class="minor">{Shown.Text(lead.Facts.Action)}</span></td>
            <td role="cell" class="source">{lead.Source}<span class="minor">{Shown.Text(lead.Event)}</span></td>
            <td role="cell" class="state">{StateWords.Of(RunStatus.Of(run)).Badge}{Html.When(run.RepeatedAt.Count > 0, () => Html.Of($"""<span class="minor">{Shown.Count(run.RepeatedAt.Count, "repeat", "repeats")}</span>"""))}</td>
            <td role="cell" class="to"><ul class="deliveries">{run.Deliveries.Select(Delivery)}</ul></td></tr>
            """);
    }

    private static Html Delivery(RunDelivery delivery)
    {
        var state = StateWords.Of(delivery.State.Status);
        return Html.Of($"""<li class="{state.Word}"><span class="sign" aria-hidden="true">{state.Sign}</span>{delivery.Destination}<span class="unseen">: {state.Label}</span></li>""");
    }
}
