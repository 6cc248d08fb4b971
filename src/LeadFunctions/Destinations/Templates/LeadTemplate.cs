using System.Text.RegularExpressions;
using HandlebarsDotNet;

namespace LeadFunctions.Destinations.Templates;

/// <summary>A Handlebars template over a lead's properties. It is compiled when it is first rendered.</summary>
internal sealed partial class LeadTemplate
{
    private static readonly Lazy<IHandlebars> TextEngine = new(() => Engine(null));
    private static readonly Lazy<IHandlebars> HtmlEngine = new(() => Engine(ValueEncoder.Html));
    private static readonly Lazy<IHandlebars> JsonEngine = new(() => Engine(ValueEncoder.Json));
    private static readonly Lazy<IHandlebars> UrlEngine = new(() => Engine(ValueEncoder.Url));

    private readonly Lazy<HandlebarsTemplate<object, object>> _compiled;

    private LeadTemplate(string source, Lazy<IHandlebars> engine)
    {
        IsText = !source.Contains("{{", StringComparison.Ordinal);
        _compiled = new(() => engine.Value.Compile(source));
    }

    public static LeadTemplate Text(string source) => new(source, TextEngine);

    /// <summary>Values are encoded for HTML.</summary>
    public static LeadTemplate Html(string source) => new(source, HtmlEngine);

    /// <summary>Values are encoded for the inside of JSON strings.</summary>
    public static LeadTemplate Json(string source) => new(source, JsonEngine);

    /// <summary>Values are encoded for parts of an address.</summary>
    public static LeadTemplate Url(string source) => new(source, UrlEngine);

    /// <summary>Whether a template puts a value in without encoding it (<c>{{{A}}}</c>, <c>{{&amp;A}}</c>).</summary>
    public static bool HasUnencoded(string source) => Unencoded().IsMatch(source);

    /// <summary>It puts nothing in.</summary>
    public bool IsText { get; }

    /// <summary>Throws <see cref="TemplateException"/> when the template can't be rendered.</summary>
    public string Render(LeadModel model)
    {
        try
        {
            return _compiled.Value(model.Values);
        }
#pragma warning disable CA1031 // A template can fail in many ways (syntax, unknown helper, wrong arguments); all mean the same here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new TemplateException(exception.GetBaseException().Message, exception);
        }
    }

    /// <summary>What is wrong with a template, tried on a sample lead; null when nothing is.</summary>
    public string? Fault()
    {
        if (IsText)
        {
            // Plain text can't be wrong, and finding that out by Handlebars would hold up the start.
            return null;
        }

        try
        {
            Render(LeadModel.Sample);
            return null;
        }
        catch (TemplateException exception)
        {
            return exception.Message;
        }
    }

    private static IHandlebars Engine(ValueEncoder? encoder)
    {
        var engine = Handlebars.Create(new HandlebarsConfiguration { NoEscape = encoder is null, TextEncoder = encoder ?? ValueEncoder.Html });
        TemplateHelpers.Register(engine);
        return engine;
    }

    [GeneratedRegex(@"\{\{~?\s*[{&]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unencoded();
}
