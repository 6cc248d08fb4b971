using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using HandlebarsDotNet;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// A Handlebars template over a lead's properties, compiled when it is first rendered, or a text that the program makes itself.
/// </summary>
internal sealed partial class LeadTemplate
{
    private const int MostShown = 100;

    private readonly Func<Func<LeadTemplateModel, string>>? _compile;
    private object? _lock;
    private Func<LeadTemplateModel, string>? _compiled;

    private LeadTemplate(string source, Place place)
        : this(source, () => Engines.Compile(source, place))
    {
    }

    internal LeadTemplate(string source, Func<Func<LeadTemplateModel, string>> compile)
    {
        Source = source;
        IsText = !source.Contains("{{", StringComparison.Ordinal);
        (_compile, _compiled) = IsText ? (null, _ => source) : (compile, default(Func<LeadTemplateModel, string>));
    }

    private LeadTemplate(Func<LeadTemplateModel, string> render) => (Source, _compiled) = ("the default", render);

    /// <summary>What is said where the publisher wrote no template.</summary>
    public static LeadTemplate Default(Func<LeadTemplateModel, string> render) => new(render);

    public static LeadTemplate Text(string source) => new(source, Place.Text);

    /// <summary>Values are encoded for HTML.</summary>
    public static LeadTemplate Html(string source) => new(source, Place.Html);

    /// <summary>Values are encoded for the inside of JSON strings.</summary>
    public static LeadTemplate Json(string source) => new(source, Place.Json);

    /// <summary>Values are encoded for parts of an address.</summary>
    public static LeadTemplate Url(string source) => new(source, Place.Url);

    /// <summary>Whether a template puts a value in without encoding it (<c>{{{A}}}</c>, <c>{{&amp;A}}</c>).</summary>
    public static bool HasUnencoded(string source) => Unencoded().IsMatch(source);

    /// <summary>As the publisher wrote it, or that it is the default.</summary>
    public string Source { get; }

    /// <summary>It puts nothing in.</summary>
    public bool IsText { get; }

    /// <summary>
    /// Throws <see cref="TemplateException"/> when the template can't be rendered. A failed load of Handlebars is no fault of the template:
    /// its own exception leaves this, and the next call tries again.
    /// </summary>
    public string Render(LeadTemplateModel model)
    {
        try
        {
            // No Lazy: that would keep an exception for good.
            return LazyInitializer.EnsureInitialized(ref _compiled, ref _lock, _compile!)(model);
        }
#pragma warning disable CA1031 // A template can fail in many ways (syntax, unknown helper, wrong arguments); all mean the same here.
        catch (Exception exception) when (!IsOfThisMachine(exception.GetBaseException()))
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
            return null;
        }

        try
        {
            Render(LeadTemplateModel.Sample);
            return null;
        }
        catch (TemplateException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>For a reason: the template and what it gave, shortly.</summary>
    public string Gave(string rendered)
    {
        var text = PlainText.OneLine(rendered);
        return $"{Source} gave “{PlainText.Cut(text, MostShown)}{(text.Length > MostShown ? "…" : "")}”";
    }

    private static bool IsOfThisMachine(Exception exception) =>
        exception is OutOfMemoryException or IOException or BadImageFormatException or TypeLoadException;

    private enum Place
    {
        Text,
        Html,
        Json,
        Url,
    }

    /// <summary>Apart, so that Handlebars is loaded when the first template is rendered and not at the start.</summary>
    private static class Engines
    {
        // By place. As objects: a failed load of Handlebars would else be a failed type initialiser, which .NET keeps.
        private static readonly object?[] Made = new object?[Enum.GetValues<Place>().Length];

        private static object? _making;

        public static Func<LeadTemplateModel, string> Compile(string source, Place place)
        {
            var template = Engine(place).Compile(source);
            return place == Place.Html ? model => HarmlessLinks.Of(template(model.Values)) : model => template(model.Values);
        }

        private static IHandlebars Engine(Place place) =>
            (IHandlebars)LazyInitializer.EnsureInitialized(ref Made[(int)place], ref _making, () => Make(place));

        private static IHandlebars Make(Place place)
        {
            var encoder = place switch
            {
                Place.Html => ValueEncoder.Html,
                Place.Json => ValueEncoder.Json,
                Place.Url => ValueEncoder.Url,
                _ => null,
            };
            var engine = Handlebars.Create(
                new HandlebarsConfiguration { NoEscape = encoder is null, TextEncoder = encoder ?? ValueEncoder.Html });
            TemplateHelpers.Register(engine);
            return engine;
        }
    }

    [GeneratedRegex(@"\{\{~?\s*[{&]")]
    private static partial Regex Unencoded();
}

/// <summary>What templates can do besides putting values in.</summary>
internal static class TemplateHelpers
{
    // Helpers that return their text, and don't write it: what one hands to another must not be encoded twice.
    public static void Register(IHandlebars engine)
    {
        // {{coalesce A B "text"}}: the first in which there is something to see.
        engine.RegisterHelper("coalesce", (_, arguments) =>
            PlainText.FirstVisible(arguments.Select(argument => argument as string)) ?? "");

        // {{cut A 200}}: its beginning, where a remote system takes no more.
        engine.RegisterHelper("cut", (_, arguments) =>
            arguments.Length == 2 && int.TryParse(arguments[1]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                ? PlainText.Cut(arguments[0] as string ?? "", most)
                : throw new HandlebarsException("cut takes a value and a number: {{cut Description 200}}"));
    }
}

/// <summary>
/// Encodes values for the place that they are put into, so that no value can end it; letters of every script stay readable where they may.
/// </summary>
internal sealed class ValueEncoder(Func<string, string> encode) : ITextEncoder
{
    public static ValueEncoder Html { get; } = new(DefaultTexts.Html.Encode);

    /// <summary>For the inside of a JSON string.</summary>
    public static ValueEncoder Json { get; } = new(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode);

    /// <summary>For one part of an address: a path segment or a query value.</summary>
    public static ValueEncoder Url { get; } = new(Uri.EscapeDataString);

    public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

    public void Encode(string? text, TextWriter target) => target.Write(encode(text ?? ""));

    public void Encode<T>(T? text, TextWriter target)
        where T : IEnumerator<char>
    {
        var whole = new StringBuilder();
        while (text is not null && text.MoveNext())
        {
            whole.Append(text.Current);
        }

        Encode(whole.ToString(), target);
    }
}

/// <summary>A template could not be rendered; the message says why.</summary>
internal sealed class TemplateException(string message, Exception inner) : Exception(message, inner);
