using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// A piece of HTML. It is made of the program's own literals alone: every value between them is encoded, and there is no way to
/// put one in raw. <c>Html.Of($"""&lt;a href="{address}"&gt;{name}&lt;/a&gt;""")</c>
/// </summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _text;

    private Html(string text) => _text = text;

    public static Html Nothing { get; } = new("");

    public static Html Of(HtmlLiteral literal) => new(literal.ToString());

    public static Html All(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part._text)));

    /// <summary>The piece when the condition holds, else nothing.</summary>
    public static Html When(bool condition, Func<Html> piece) => condition ? piece() : Nothing;

    public override string ToString() => _text;

    public static string Encode(string value) => Encoder.Encode(value);
}
