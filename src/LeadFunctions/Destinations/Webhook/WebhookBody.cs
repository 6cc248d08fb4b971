using System.Text;
using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>What a webhook sends: JSON, a form, a text, nothing, or (where nothing is configured) the lead as it is stored.</summary>
internal abstract record WebhookBody(string? MediaType)
{
    private const string JsonType = "application/json";

    /// <summary>The body for a lead. Throws <see cref="TemplateException"/> when there can be none.</summary>
    public abstract string Render(LeadTemplateModel model);

    public static WebhookBody Read(SettingsReader settings, string section, bool hasBody)
    {
        var json = settings.Tree($"{section}:Json");
        var form = settings.Map($"{section}:Form");
        var text = settings.Text($"{section}:Text");
        string[] given =
        [
            .. json.Value is not null || json.Children.Count > 0 ? ["Json"] : Array.Empty<string>(),
            .. form.Count > 0 ? ["Form"] : Array.Empty<string>(),
            .. text is not null ? ["Text"] : Array.Empty<string>(),
        ];
        if (given.Length > 1 || (given.Length == 1 && !hasBody))
        {
            settings.Fault(
                $"{section}:{given[^1]}",
                hasBody
                    ? $"stands beside {given[0]}; a request has one body"
                    : "makes a body, which a request of this Method doesn't have");
        }

        if (!hasBody)
        {
            return new None();
        }

        if (json.Children.Count > 0)
        {
            return new Shaped(JsonShape.Read(settings, $"{section}:Json", json));
        }

        if (json.Value is not null)
        {
            return new Written(ReadTemplate(settings, $"{section}:Json", json.Value, LeadTemplate.Json));
        }

        return form.Count > 0
                ? new Fields([
                    .. form.Select(field =>
                        (field.Key, ReadTemplate(settings, $"{section}:Form:{field.Key}", field.Value, LeadTemplate.Text))),
                ])
            : text is not null ? new Plain(ReadTemplate(settings, $"{section}:Text", text, LeadTemplate.Text))
            : new WholeLead();
    }

    private static LeadTemplate ReadTemplate(SettingsReader settings, string key, string source, Func<string, LeadTemplate> make)
    {
        var template = make(source);
        if (template.Fault() is { } fault)
        {
            settings.Fault(key, $"is not a template that can be rendered: {fault}");
        }
        else if (key.EndsWith(":Json", StringComparison.Ordinal) && LeadTemplate.HasUnencoded(source))
        {
            settings.Fault(key, "puts a value in without encoding it; use two braces");
        }

        return template;
    }

    private sealed record None() : WebhookBody((string?)null)
    {
        public override string Render(LeadTemplateModel model) => "";
    }

    private sealed record Shaped(JsonShape Shape) : WebhookBody(JsonType)
    {
        public override string Render(LeadTemplateModel model) => RequestText.Json(Shape.Render(model)!);
    }

    private sealed record Written(LeadTemplate Template) : WebhookBody(JsonType)
    {
        public override string Render(LeadTemplateModel model)
        {
            var json = Template.Render(model);
            try
            {
                using var document = JsonDocument.Parse(json);
                return json;
            }
            catch (JsonException exception)
            {
                // The parser's own words hold parts of the lead.
                throw new TemplateException(
                    $"Json gave something that is not JSON for this lead (line {exception.LineNumber + 1}).",
                    exception);
            }
        }
    }

    private sealed record Fields(IReadOnlyList<(string Name, LeadTemplate Template)> Templates)
        : WebhookBody("application/x-www-form-urlencoded")
    {
        public override string Render(LeadTemplateModel model) => string.Join('&', Templates
            .Select(field => (field.Name, Value: PlainText.Storable(field.Template.Render(model)).Trim()))
            .Where(field => field.Value.Length > 0)
            .Select(field => $"{Encode(field.Name)}={Encode(field.Value)}"));

        private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
    }

    private sealed record Plain(LeadTemplate Template) : WebhookBody("text/plain")
    {
        public override string Render(LeadTemplateModel model) => PlainText.Storable(Template.Render(model));
    }

    /// <summary>The form that Standard Webhooks recommends: type, timestamp, data.</summary>
    private sealed record WholeLead() : WebhookBody(JsonType)
    {
        public override string Render(LeadTemplateModel model)
        {
            var lead = model.Lead;
            using var body = new MemoryStream();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteString("type", $"{lead.Source}.{lead.Event ?? "received"}");
                json.WriteString("timestamp", lead.ReceivedAt.UtcDateTime);
                json.WriteStartObject("data");
                json.WriteString("leadId", lead.Id.ToString());
                json.WriteString("source", lead.Source);
                json.WriteString("event", lead.Event);
                json.WriteString("receivedAt", lead.ReceivedAt.UtcDateTime);
                json.WriteBoolean("isTest", lead.IsTest);
                json.WriteBoolean("doNotContact", lead.DoNotContact);
                json.WritePropertyName("lead");
                // As it is stored: it is JSON, and reading it could only lose something.
                json.WriteRawValue(lead.Content.Utf8, skipInputValidation: true);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(body.ToArray());
        }
    }
}
