using System.Globalization;
using System.Text;
using LeadFunctions.Destinations.Templates;
using Spectre.Console;

namespace LeadFunctions.Commands;

/// <summary>What commands write. Results go to the standard output, everything about them to the standard error, so that results can be
/// piped.</summary>
internal static class Terminal
{
    /// <summary>Lines of tables are not broken in a file.</summary>
    private const int WidthOfFile = 10_000;

    private static readonly Lazy<IAnsiConsole> Output = new(() => Make(Console.Out, Console.IsOutputRedirected));
    private static readonly Lazy<IAnsiConsole> Errors = new(() => Make(Console.Error, Console.IsErrorRedirected));

    public static IAnsiConsole Out => Output.Value;

    public static void Line(string text) => Console.Out.WriteLine(Harmless(text));

    public static void Note(string text) => Console.Error.WriteLine(Harmless(text));

    public static void Complain(string text) => Console.Error.WriteLine(Harmless(text));

    /// <summary>Text of others, as it may go to a terminal: with its lines and tabs, without what steers one or shows text in another
    /// order.</summary>
    public static string Harmless(string text) =>
        text.EnumerateRunes().All(IsHarmless) ? text : string.Concat(text.EnumerateRunes().Where(IsHarmless));

    /// <summary>A cell of a table. Others wrote what is in it: it can neither break the line nor steer the terminal.</summary>
    public static Text Cell(string? text, Color? color = null) => new(PlainText.OneLine(text ?? ""), color is { } shown ? new Style(shown) : Style.Plain);

    public static Table Table(params ReadOnlySpan<string> headers)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(Cell(header, Color.Grey)) { Padding = new Padding(0, 0, 3, 0) });
        }

        return table;
    }

    /// <summary>Several lines of others' text, without what steers a terminal.</summary>
    public static void Block(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            Line($"    {line.TrimEnd('\r')}");
        }
    }

    /// <summary>Shows that something goes on, where somebody watches.</summary>
    public static Task<T> WatchAsync<T>(string what, Func<Action<string>, Task<T>> work) => Console.IsErrorRedirected
        ? work(_ => { })
        : Errors.Value.Status().StartAsync(Markup.Escape(what), context => work(text => context.Status(Markup.Escape(PlainText.OneLine(text)))));

    /// <summary>Asks before something that can't be taken back. Without a person to ask, only <paramref name="yes"/> goes on.</summary>
    public static void Confirm(string question, bool yes)
    {
        if (yes)
        {
            return;
        }

        if (Console.IsInputRedirected)
        {
            throw new CommandFailedException($"{question} There is nobody here to ask, so nothing was done: add --yes.", ExitCode.Usage);
        }

        Console.Error.Write($"{Harmless(question)} [y/N] ");
        if (Console.In.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new CommandFailedException("Nothing was done.");
        }
    }

    // A carriage return alone would write over what stands in the line; the joiners belong to letters and signs.
    private static bool IsHarmless(Rune rune) =>
        rune.Value is '\n' or '\t' or '\u200c' or '\u200d'
        || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = WidthOfFile;
        }

        return console;
    }
}
