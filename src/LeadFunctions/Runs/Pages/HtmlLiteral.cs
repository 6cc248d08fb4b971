using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace LeadFunctions.Runs.Pages;

/// <summary>What the compiler makes of an interpolated string that becomes <see cref="Html"/>: literals stay, values are encoded.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlLiteral
{
    private readonly StringBuilder _html;

    public HtmlLiteral(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 32));

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
