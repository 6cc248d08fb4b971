using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using HandlebarsDotNet;

namespace LeadFunctions.Destinations.Content;

/// <summary>
/// Encodes values for the place that they are put into, so that no value can end it; letters of every script stay readable where they may.
/// </summary>
internal sealed class ValueEncoder(Func<string, string> encode) : ITextEncoder
{
    private static readonly System.Text.Encodings.Web.HtmlEncoder HtmlText = System.Text.Encodings.Web.HtmlEncoder.Create(
        UnicodeRanges.All);

    public static ValueEncoder Html { get; } = new(HtmlText.Encode);

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
