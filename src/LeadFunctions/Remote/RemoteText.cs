using System.Text;

namespace LeadFunctions.Remote;

/// <summary>Makes a remote system's words fit to be kept as a reason: short, on one line, no control characters.</summary>
internal static class RemoteText
{
    private const int Most = 1_000;

    public static string Brief(string text)
    {
        var brief = new StringBuilder(Math.Min(text.Length, Most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (brief.Length >= Most)
            {
                brief.Append('…');
                break;
            }

            if (!Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune))
            {
                brief.Append(rune.ToString());
            }
            else if (brief.Length > 0 && brief[^1] != ' ')
            {
                brief.Append(' ');
            }
        }

        return brief.ToString().TrimEnd();
    }
}
