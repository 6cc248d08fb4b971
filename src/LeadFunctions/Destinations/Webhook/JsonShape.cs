using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Webhook;

/// <summary>
/// A JSON body written as settings. Values are put in as JSON values, so no value can change the body's form. Settings hold texts
/// alone: what reads as true, false or a number is one, unless it is written <c>{{text 1.4}}</c>; <c>{{number A}}</c> as the whole value
/// makes a number of a lead's value. What renders to nothing is left out.
/// </summary>
internal abstract partial record JsonShape
{
    /// <summary>Throws <see cref="TemplateException"/> when a template can't be rendered.</summary>
    public abstract JsonNode? Render(LeadTemplateModel model);

    public static JsonShape Read(SettingsReader settings, string key, SettingTree tree)
    {
        if (tree.Children.Count == 0)
        {
            return ReadValue(settings, key, tree.Value ?? "");
        }

        var children = tree.Children.Select(child => (child.Name, Read(settings, $"{key}:{child.Name}", child))).ToList();
        return children
            .Select(child => child.Name)
            .SequenceEqual(Enumerable.Range(0, children.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)))
            ? new Items([.. children.Select(child => child.Item2)])
            : new Properties(children);
    }

    private static JsonShape ReadValue(SettingsReader settings, string key, string value)
    {
        if (value is "True" or "False" or "true" or "false")
        {
            return new Literal(value.ToLowerInvariant());
        }

        if (Number().IsMatch(value))
        {
            return new Literal(value);
        }

        if (TextLiteral().Match(value) is { Success: true } text)
        {
            return new Text(LeadTemplate.Text(text.Groups[1].Value));
        }

        var number = NumberTemplate().Match(value);
        var template = LeadTemplate.Text(number.Success ? $"{{{{{number.Groups[1].Value}}}}}" : value);
        if (template.Fault() is { } fault)
        {
            settings.Fault(key, $"is not a template that can be rendered: {fault}");
        }

        return number.Success ? new NumberOf(template) : new Text(template);
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\{\{\s*number\s+([^{}]+?)\s*\}\}\z")]
    private static partial Regex NumberTemplate();

    [GeneratedRegex(@"^\{\{\s*text\s+([^{}]+?)\s*\}\}\z")]
    private static partial Regex TextLiteral();

    private sealed record Literal(string Json) : JsonShape
    {
        public override JsonNode? Render(LeadTemplateModel model) => JsonNode.Parse(Json);
    }

    private sealed record Text(LeadTemplate Template) : JsonShape
    {
        public override JsonNode? Render(LeadTemplateModel model) =>
            PlainText.Storable(Template.Render(model)) is var text && !string.IsNullOrWhiteSpace(text) ? JsonValue.Create(text) : null;
    }

    private sealed record NumberOf(LeadTemplate Template) : JsonShape
    {
        public override JsonNode? Render(LeadTemplateModel model)
        {
            var text = Template.Render(model).Trim();
            return text.Length == 0 ? null
                : Number().IsMatch(text) ? JsonNode.Parse(text)
                : throw new TemplateException(
                    $"{{{{number …}}}} of {Template.Source} gave something that is not a number for this lead.",
                    new FormatException());
        }
    }

    private sealed record Items(IReadOnlyList<JsonShape> Shapes) : JsonShape
    {
        public override JsonNode? Render(LeadTemplateModel model) =>
            new JsonArray([.. Shapes.Select(shape => shape.Render(model)).OfType<JsonNode>()]);
    }

    private sealed record Properties(IReadOnlyList<(string Name, JsonShape Shape)> Shapes) : JsonShape
    {
        public override JsonNode? Render(LeadTemplateModel model) => new JsonObject(Shapes
            .Select(property => KeyValuePair.Create(property.Name, property.Shape.Render(model)))
            .Where(property => property.Value is not null));
    }
}
