using LeadFunctions.Leads;

namespace LeadFunctions.Runs.Pages;

/// <summary>How the pages say and mark where something stands: never by colour alone.</summary>
/// <param name="Word">As the JSON and the filters have it; also the style's class.</param>
/// <param name="Sign">Stands before the label, unseen by screen readers.</param>
internal sealed record StateWords(string Word, string Label, string Sign)
{
    public static readonly IReadOnlyList<StateWords> All =
    [
        new("delivered", "Delivered", "✓"),
        new("in_progress", "In progress", "…"),
        new("dead_letter", "Dead letter", "!"),
        new("no_destination", "No destination", "–"),
        new("refused", "Refused", "×"),
        new("duplicate", "Repeated", "="),
        new("pending", "Pending", "…"),
        new("in_flight", "In flight", "→"),
        new("discarded", "Discarded", "–"),
    ];

    /// <summary>What a list can be filtered by.</summary>
    public static IEnumerable<StateWords> OfRuns => All.Take(6);

    public static StateWords Of(string word) => All.First(known => known.Word == word);

    public static StateWords Of(DeliveryStatus status) => Of(StatusText.Of(status));

    public Html Badge => Html.Of($"""<span class="badge {Word}"><span class="sign" aria-hidden="true">{Sign}</span>{Label}</span>""");
}
