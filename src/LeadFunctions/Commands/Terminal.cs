using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Rendering;
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

    public static void Error(string text) => Console.Error.WriteLine(Harmless(text));

    /// <summary>Text of others, as it may go to a terminal: with its lines and tabs, without what steers one or shows text in another
    /// order.</summary>
    public static string Harmless(string text) =>
        text.EnumerateRunes().All(IsHarmless) ? text : string.Concat(text.EnumerateRunes().Where(IsHarmless));

    /// <summary>A cell of a table. Others wrote what is in it: it can neither break the line nor steer the terminal.</summary>
    public static Text Cell(string? text, Color? color = null) =>
        new(PlainText.OneLine(text ?? ""), color is { } shown ? new Style(shown) : Style.Plain);

    public static Table Table(params ReadOnlySpan<string> headers)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(Cell(header, Color.Grey)) { Padding = new Padding(0, 0, 3, 0) });
        }

        return table;
    }

    /// <summary>A number with what it counts.</summary>
    public static string Count(long count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>Several lines of others' text, without what steers a terminal.</summary>
    public static void Block(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            Line($"    {line.TrimEnd('\r')}");
        }
    }

    /// <summary>Shows that something goes on, where somebody watches.</summary>
    public static Task<T> WatchAsync<T>(string what, Func<Action<string>, Task<T>> work) =>
        Console.IsErrorRedirected
            ? work(_ => { })
            : Errors
                .Value.Status()
                .StartAsync(Markup.Escape(what), context => work(text => context.Status(Markup.Escape(PlainText.OneLine(text)))));

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
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator);

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

/// <summary>UTF-8 of others on its way to a terminal: without what steers one. A program that reads it through a pipe gets every
/// byte.</summary>
internal sealed class TerminalStream : Stream
{
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();

    // Half of a pair of surrogates is no character yet.
    private string _rest = "";

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var letters = new char[_decoder.GetCharCount(buffer, flush: false)];
        _decoder.GetChars(buffer, letters, flush: false);
        var text = _rest + new string(letters);
        _rest = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        Console.Out.Write(Terminal.Harmless(text[..^_rest.Length]));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => Console.Out.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>JSON as commands print it: indented, letters of every script as they are, and what steers a terminal or reorders text
/// escaped.</summary>
internal static class CommandJson
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(JsonNode node) => Escaped(node.ToJsonString(Readable));

    public static string Text(JsonElement element) => Escaped(JsonSerializer.Serialize(element, Readable));

    // Such a character can stand in a string alone, where its escape says the same. The encoder has escaped those below U+0020.
    private static string Escaped(string json)
    {
        var text = new StringBuilder(json.Length);
        foreach (var letter in json)
        {
            var category = char.GetUnicodeCategory(letter);
            if ((category is UnicodeCategory.Format && letter is not ('\u200c' or '\u200d'))
                || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || (category == UnicodeCategory.Control && letter >= '\x7f'))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                text.Append(letter);
            }
        }

        return text.ToString();
    }
}
