namespace LeadFunctions.Destinations.Rendering;

/// <summary>Puts a free text and the facts that belong under it into one column; the free text yields first, and says so.</summary>
internal static class DescriptionText
{
    private const string Gap = "\n\n";

    public static string Compose(string text, string tail, int most)
    {
        tail = tail.TrimEnd();
        if (text.Length == 0 || tail.Length == 0)
        {
            return PlainText.CutMarked(text + tail, most);
        }

        if (text.Length + Gap.Length + tail.Length <= most)
        {
            return text + Gap + tail;
        }

        if (most <= Gap.Length)
        {
            return PlainText.CutMarked(text, most);
        }

        // The facts may take half of the room before they are cut too.
        tail = PlainText.CutMarked(tail, Math.Max((most - Gap.Length) / 2, most - Gap.Length - text.Length));
        return PlainText.CutMarked(text, most - Gap.Length - tail.Length) + Gap + tail;
    }
}
