using System.Buffers;
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
/// <remarks>Pieces hold each other and not each other's texts: a page is written down once, however deep its pieces are.</remarks>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // Texts, encoded already, and pieces.
    private readonly IReadOnlyList<object> _parts;

    private Html(IReadOnlyList<object> parts) => _parts = parts;

    public static Html Nothing { get; } = new([]);

    public static Html Create(HtmlLiteral literal) => new(literal.Parts);

    public static Html All(IEnumerable<Html> parts) => new([.. parts]);

    /// <summary>What is written there when the condition holds; its values are not even asked for when it doesn't.</summary>
    public static Html When(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] HtmlLiteral literal) =>
        condition ? new Html(literal.Parts) : Nothing;

    /// <summary>The piece when the condition holds, else nothing.</summary>
    public static Html When(bool condition, Func<Html> piece) => condition ? piece() : Nothing;

    /// <summary>Writes it down in UTF-8.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            if (part is Html piece)
            {
                piece.WriteTo(output);
            }
            else
            {
                Encoding.UTF8.GetBytes((string)part, output);
            }
        }
    }

    /// <summary>Whether what is written of these parts ends so; pieces of nothing don't count.</summary>
    public static bool EndsWithEquals(IReadOnlyList<object> parts)
    {
        for (var at = parts.Count - 1; at >= 0; at--)
        {
            if (parts[at] is string { Length: > 0 } text)
            {
                return text[^1] == '=';
            }

            if (parts[at] is Html { _parts.Count: > 0 } piece)
            {
                return EndsWithEquals(piece._parts);
            }
        }

        return false;
    }

    public override string ToString() => string.Concat(_parts);

    public static string Encode(string value) => Encoder.Encode(value);
}

/// <summary>What the compiler makes of an interpolated string that becomes <see cref="Html"/>: literals stay, values are encoded.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlLiteral
{
    private readonly List<object> _parts;

    public HtmlLiteral(int literalLength, int formattedCount) =>
        _parts = new List<object>((formattedCount * 2) + Math.Min(1, literalLength));

    /// <summary>For <see cref="Html.When(bool, HtmlLiteral)"/>.</summary>
    public HtmlLiteral(int literalLength, int formattedCount, bool condition, out bool isWanted)
        : this(condition ? literalLength : 0, condition ? formattedCount : 0) => isWanted = condition;

    public IReadOnlyList<object> Parts => _parts;

    public void AppendLiteral(string literal) => _parts.Add(literal);

    public void AppendFormatted(string? value)
    {
        RequireQuotes();
        if (!string.IsNullOrEmpty(value))
        {
            _parts.Add(Html.Encode(value));
        }
    }

    public void AppendFormatted(int value)
    {
        RequireQuotes();
        _parts.Add(value.ToString(CultureInfo.InvariantCulture));
    }

    public void AppendFormatted(Html? piece)
    {
        if (piece is not null)
        {
            _parts.Add(piece);
        }
    }

    public void AppendFormatted(IEnumerable<Html> pieces) => _parts.AddRange(pieces);

    // Without quotes around it an encoded value could still begin an attribute of its own.
    private void RequireQuotes()
    {
        if (Html.EndsWithEquals(_parts))
        {
            throw new InvalidOperationException("A value of an attribute stands in double quotes.");
        }
    }
}
