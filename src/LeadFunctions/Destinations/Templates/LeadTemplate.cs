using HandlebarsDotNet;

namespace LeadFunctions.Destinations.Templates;

/// <summary>A Handlebars template over a lead's properties. It is compiled when it is first rendered.</summary>
internal sealed class LeadTemplate
{
    private readonly Lazy<Func<object, string>> _compiled;

    private readonly bool _isText;

    private LeadTemplate(string source, bool escape)
    {
        _isText = !source.Contains("{{", StringComparison.Ordinal);
        _compiled = new(() => Engines.Compile(source, escape));
    }

    public static LeadTemplate Text(string source) => new(source, escape: false);

    /// <summary>Values are encoded for HTML.</summary>
    public static LeadTemplate Html(string source) => new(source, escape: true);

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
        if (_isText)
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

    /// <summary>Apart, so that Handlebars is loaded when the first template is rendered and not at the start.</summary>
    private static class Engines
    {
        private static readonly IHandlebars TextEngine = Engine(escape: false);
        private static readonly IHandlebars HtmlEngine = Engine(escape: true);

        public static Func<object, string> Compile(string source, bool escape)
        {
            var template = (escape ? HtmlEngine : TextEngine).Compile(source);
            return model => template(model);
        }

        private static IHandlebars Engine(bool escape)
        {
            var engine = Handlebars.Create(new HandlebarsConfiguration
            {
                NoEscape = !escape,
                TextEncoder = new HtmlTextEncoder(),
            });
            // {{coalesce A B "text"}}: the first in which there is something to see.
            engine.RegisterHelper("coalesce", (writer, _, arguments) =>
                writer.Write(arguments.Select(argument => argument as string).FirstOrDefault(text => text is not null && PlainText.OneLine(text).Length > 0) ?? ""));
            return engine;
        }
    }
}
