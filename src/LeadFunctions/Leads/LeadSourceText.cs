namespace LeadFunctions.Leads;

/// <summary>
/// The parts of a <c>LeadSource</c>. Microsoft documents the long form <c>Source-Action|publisher.offer</c>, and a sample with
/// the bare source (<c>AzureMarketplace</c>); both arrive.
/// </summary>
internal readonly record struct LeadSourceText(string? Storefront, string? Action, string? OfferId)
{
    private static readonly string[] DocumentedActions = ["INS", "PLT", "DNC", "Create", "StartTestDrive"];

    public static LeadSourceText Parse(string? text)
    {
        text = Present(text);
        if (text is null)
        {
            return default;
        }

        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var left = bar < 0 ? text : text[..bar];
        var dash = left.LastIndexOf('-');
        var action = dash < 0 ? null : Present(left[(dash + 1)..]);

        // Without the bar a dash may be part of a name; only an action that Microsoft documents is taken for one.
        if (bar < 0 && !DocumentedActions.Contains(action, StringComparer.OrdinalIgnoreCase))
        {
            return new LeadSourceText(text, null, null);
        }

        return new LeadSourceText(
            Present(dash < 0 ? left : left[..dash]),
            action,
            bar < 0 ? null : Present(text[(bar + 1)..]));
    }

    private static string? Present(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
