using System.Text;
using System.Text.Unicode;
using HandlebarsDotNet;
using FrameworkEncoder = System.Text.Encodings.Web.HtmlEncoder;

namespace LeadFunctions.Destinations.Templates;

/// <summary>Encodes values for HTML with the framework's encoder; letters of every script stay readable.</summary>
internal sealed class HtmlTextEncoder : ITextEncoder
{
    private static readonly FrameworkEncoder Encoder = FrameworkEncoder.Create(UnicodeRanges.All);

    public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

    public void Encode(string? text, TextWriter target) => target.Write(Encoder.Encode(text ?? ""));

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
