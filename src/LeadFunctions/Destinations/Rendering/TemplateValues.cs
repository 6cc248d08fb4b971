using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// What a publisher's templates can put in: a lead's own properties under their own names, and what follows from them under <c>Lead</c>.
/// Values are only ever put in; none is read as a template.
/// </summary>
internal static class TemplateValues
{
    /// <summary>Templates reach no more values than this: nobody names so many, and each costs memory.</summary>
    private const int MostValues = 2_000;

    private const string Details = "UserDetails";

    public static Dictionary<string, object?> Of(LeadTemplateModel model)
    {
        var lead = model.Lead;
        var values = ObjectOf(lead.Content.Root);
        // A name of the program's own: a stranger's property of this name is a property as any other, and makes no lead an appointment.
        values.Remove("Appointment");
        if (model.Appointment is { } appointment)
        {
            values["Appointment"] = appointment.Values();
        }

        values["Lead"] = new Dictionary<string, object?>
        {
            ["Id"] = lead.Id.ToString(),
            ["Source"] = lead.Source,
            ["Event"] = lead.Event,
            ["Storefront"] = model.Storefront,
            ["Action"] = model.Action,
            ["OfferId"] = model.OfferId,
            ["IsTest"] = lead.Facts.IsTest,
            ["DoNotContact"] = lead.Facts.DoNotContact,
            ["ReceivedAt"] = model.ReceivedAt,
            ["EmailName"] = model.EmailName,
            ["Fields"] = Pairs(model.Fields),
            ["Unknown"] = Pairs(model.Unknown),
        };
        values["Deliveries"] = (model.Answers ?? new Dictionary<string, string>()).ToDictionary(
            answer => answer.Key,
            answer => Answer(answer.Value));
        if (model.Secrets is { } secrets)
        {
            values["Secrets"] = secrets;
        }

        return values;
    }

    /// <summary>For <c>{{#each}}</c>.</summary>
    public static List<Dictionary<string, object?>> Pairs(IEnumerable<(string Name, string Value)> fields) =>
        [.. fields.Select(field => new Dictionary<string, object?> { ["Name"] = field.Name, ["Value"] = field.Value })];

    /// <summary>An object's values for templates; the person's details first, as there may be too many others.</summary>
    private static Dictionary<string, object?> ObjectOf(JsonElement root)
    {
        var left = MostValues;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [Details] = new Dictionary<string, object?>() };
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty(Details, out var details))
            {
                values[Details] = Value(details, ref left);
            }

            foreach (var (name, value) in Properties(root, ref left))
            {
                values[name] = value;
            }
        }

        return values;
    }

    private static object? Answer(string json)
    {
        var left = MostValues;
        return Value(JsonElement.Parse(json), ref left);
    }

    private static object? Value(JsonElement element, ref int left)
    {
        left--;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return Properties(element, ref left);
            case JsonValueKind.Array:
                var items = new List<object?>();
                foreach (var item in element.EnumerateArray())
                {
                    if (left <= 0)
                    {
                        break;
                    }

                    items.Add(Value(item, ref left));
                }

                return items;
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return element.ValueKind == JsonValueKind.Null ? null : ValueText.Of(element);
        }
    }

    private static Dictionary<string, object?> Properties(JsonElement element, ref int left)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (left <= 0)
            {
                break;
            }

            properties[property.Name] = Value(property.Value, ref left);
        }

        return properties;
    }
}
