using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Runs.Pages;

/// <summary>What a lead says, each value with its path, after what the program knows of it.</summary>
internal static class LeadFields
{
    public static IEnumerable<Html> Of(Lead lead) =>
        Known(lead).Concat(Values("", lead.Content.Root).Select(field => Field(field.Path, Shown.Text(field.Value))));

    private static IEnumerable<Html> Known(Lead lead)
    {
        yield return Field("Id", Html.Of($"<code>{lead.Id.ToString()}</code>"));
        yield return Field("Received", Shown.Time(lead.ReceivedAt));
        yield return Field("Source", Html.Of($"{lead.Source}{(lead.Event is null ? "" : $", {lead.Event}")}"));
        if (lead.Facts.OfferId is { } offer)
        {
            yield return Field("Offer", Shown.Text(offer));
        }
    }

    // A long path may be broken at its dots.
    private static Html Field(string path, Html value) =>
        Html.Of($"<div><dt><bdi>{path.Split('.').Select((step, index) => Html.Of($"{(index > 0 ? "." : "")}{Html.When(index > 0, () => Html.Of($"<wbr>"))}{VisibleText.Of(step)}"))}</bdi></dt><dd>{value}</dd></div>");

    private static IEnumerable<(string Path, string Value)> Values(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Where(property => property.Name != LeadContent.FromOtherEvents).SelectMany(property => Values(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Values($"{path}[{index}]", item)),
        JsonValueKind.String => [(path, element.GetString()!)],
        _ => [(path, element.GetRawText())],
    };
}
