using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Templates;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>What a webhook sends: JSON, a form, a text, nothing, or (where nothing is configured) the lead as it is stored.</summary>
internal abstract record WebhookBody(string? MediaType)
{
    private const string JsonType = "application/json";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body for a lead. Throws <see cref="TemplateException"/> when there can be none.</summary>
    public abstract string Render(LeadModel model);

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
            settings.Fault($"{section}:{given[^1]}", hasBody ? $"stands beside {given[0]}; a request has one body" : "makes a body, which a request of this Method doesn't have");
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

        return form.Count > 0 ? new Fields([.. form.Select(field => (field.Key, ReadTemplate(settings, $"{section}:Form:{field.Key}", field.Value, LeadTemplate.Text)))])
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
        public override string Render(LeadModel model) => "";
    }

    private sealed record Shaped(JsonShape Shape) : WebhookBody(JsonType)
    {
        public override string Render(LeadModel model) => Shape.Render(model)!.ToJsonString(Readable);
    }

    private sealed record Written(LeadTemplate Template) : WebhookBody(JsonType)
    {
        public override string Render(LeadModel model)
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
                throw new TemplateException($"Json gave something that is not JSON for this lead (line {exception.LineNumber + 1}).", exception);
            }
        }
    }

    private sealed record Fields(IReadOnlyList<(string Name, LeadTemplate Template)> Templates) : WebhookBody("application/x-www-form-urlencoded")
    {
        public override string Render(LeadModel model) => string.Join('&', Templates
            .Select(field => (field.Name, Value: PlainText.Storable(field.Template.Render(model)).Trim()))
            .Where(field => field.Value.Length > 0)
            .Select(field => $"{Encode(field.Name)}={Encode(field.Value)}"));

        private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
    }

    private sealed record Plain(LeadTemplate Template) : WebhookBody("text/plain")
    {
        public override string Render(LeadModel model) => PlainText.Storable(Template.Render(model));
    }

    /// <summary>The form that Standard Webhooks recommends: type, timestamp, data.</summary>
    private sealed record WholeLead() : WebhookBody(JsonType)
    {
        public override string Render(LeadModel model)
        {
            var lead = model.Lead;
            var receivedAt = lead.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            return new JsonObject
            {
                ["type"] = $"{lead.Source}.{lead.Event ?? "received"}",
                ["timestamp"] = receivedAt,
                ["data"] = new JsonObject
                {
                    ["leadId"] = lead.Id.ToString(),
                    ["source"] = lead.Source,
                    ["event"] = lead.Event,
                    ["receivedAt"] = receivedAt,
                    ["isTest"] = lead.IsTest,
                    ["doNotContact"] = lead.DoNotContact,
                    ["lead"] = JsonNode.Parse(lead.Content.Utf8),
                },
            }.ToJsonString(Readable);
        }
    }
}
