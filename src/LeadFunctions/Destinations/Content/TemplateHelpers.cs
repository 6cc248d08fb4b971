using System.Globalization;
using HandlebarsDotNet;

namespace LeadFunctions.Destinations.Content;

/// <summary>What templates can do besides putting values in.</summary>
internal static class TemplateHelpers
{
    // Helpers that return their text, and don't write it: what one hands to another must not be encoded twice.
    public static void Register(IHandlebars engine)
    {
        // {{coalesce A B "text"}}: the first in which there is something to see.
        engine.RegisterHelper("coalesce", (_, arguments) =>
            arguments.Select(argument => argument as string).FirstOrDefault(text => text is not null && PlainText.OneLine(text).Length > 0) ?? "");

        // {{cut A 200}}: its beginning, where a remote system takes no more.
        engine.RegisterHelper("cut", (_, arguments) =>
            arguments.Length == 2 && int.TryParse(arguments[1]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                ? PlainText.Cut(arguments[0] as string ?? "", most)
                : throw new HandlebarsException("cut takes a value and a number: {{cut Description 200}}"));
    }
}
