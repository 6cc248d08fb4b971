using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace LeadFunctions.Runs.Pages;

/// <summary>
/// A piece of HTML. It is made of the program's own literals alone: every value between them is encoded, and there is no way to
/// put one in raw. <c>Html.Create($"""&lt;a href="{address}"&gt;{name}&lt;/a&gt;""")</c>
/// </summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _text;

    private Html(string text) => _text = text;

    public static Html Nothing { get; } = new("");

    public static Html Create(HtmlLiteral literal) => new(literal.ToString());

    public static Html All(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part._text)));

    /// <summary>What is written there when the condition holds; its values are not even asked for when it doesn't.</summary>
    public static Html When(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] HtmlLiteral literal) =>
        condition ? new Html(literal.ToString()) : Nothing;

    /// <summary>The piece when the condition holds, else nothing.</summary>
    public static Html When(bool condition, Func<Html> piece) => condition ? piece() : Nothing;

    public override string ToString() => _text;

    public static string Encode(string value) => Encoder.Encode(value);
}

/// <summary>What the compiler makes of an interpolated string that becomes <see cref="Html"/>: literals stay, values are encoded.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlLiteral
{
    private readonly StringBuilder _html;

    public HtmlLiteral(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 32));

    /// <summary>For <see cref="Html.When(bool, HtmlLiteral)"/>.</summary>
    public HtmlLiteral(int literalLength, int formattedCount, bool condition, out bool isWanted)
        : this(condition ? literalLength : 0, condition ? formattedCount : 0) => isWanted = condition;

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(string? value)
    {
        RequireQuotes();
        _html.Append(Html.Encode(value ?? ""));
    }

    public void AppendFormatted(int value)
    {
        RequireQuotes();
        _html.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    public void AppendFormatted(Html? piece) => _html.Append(piece);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces)
        {
            _html.Append(piece);
        }
    }

    public override string ToString() => _html.ToString();

    // Without quotes around it an encoded value could still begin an attribute of its own.
    private void RequireQuotes()
    {
        if (_html.Length > 0 && _html[^1] == '=')
        {
            throw new InvalidOperationException("A value of an attribute stands in double quotes.");
        }
    }
}
