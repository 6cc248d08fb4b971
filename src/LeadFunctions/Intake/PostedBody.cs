using System.Buffers;
using System.IO.Pipelines;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;
using Microsoft.Net.Http.Headers;

namespace LeadFunctions.Intake;

/// <summary>A body as its headers and its bytes tell to read it.</summary>
/// <param name="Text">In UTF-8.</param>
/// <param name="Kept">
/// What is kept when it is refused: as it came, but not compressed; and in UTF-8 when only its header tells its charset, because
/// headers aren't kept.
/// </param>
/// <param name="Charset">What it was read as, for people; null for UTF-8.</param>
internal sealed record PostedBody(ReadOnlyMemory<byte> Text, ReadOnlyMemory<byte> Kept, string? Charset)
{
    // A sender who compresses what is compressed already is mistaken; one that does it often wants to keep us busy.
    private const int MostCodings = 3;

    /// <summary>How much of a too large body is read to its end, so that the sender is still listening when the answer comes.</summary>
    private const long MostToDrain = 16 * 1024 * 1024;

    /// <summary>Why it is refused before anybody looks whether it is a lead; null when it isn't.</summary>
    public BodyRefusal? Refusal { get; init; }

    /// <summary>A body that was kept.</summary>
    public static PostedBody Of(ReadOnlyMemory<byte> kept)
    {
        var (text, charset) = BodyText.Read(kept, null);
        return new PostedBody(text, kept, charset);
    }

    /// <summary>Reads a body to its end, or as much as says why it is refused.</summary>
    /// <param name="noun">What was posted: "lead".</param>
    /// <param name="most">How many bytes it may have, also when decompressed.</param>
    public static async Task<PostedBody> ReadAsync(HttpRequest request, string noun, int most)
    {
        var read = await ReadBytesAsync(request, most);
        if (read.IsTooLarge)
        {
            var message = $"is larger than {most} bytes (Intake:MaxBodyBytes); send a smaller one. Its beginning is kept";
            return new PostedBody(default, read.Bytes, null) { Refusal = new BodyRefusal(StatusCodes.Status413PayloadTooLarge, message) };
        }

        var body = Decode(request, read.Bytes, most);
        if (body.Refusal is { HttpStatus: StatusCodes.Status415UnsupportedMediaType })
        {
            request.HttpContext.Response.Headers.AcceptEncoding = ContentCoding.Known;
        }

        if (body.Refusal is null && IsForm(request.ContentType) && !BodyFault.IsObject(body.Text))
        {
            // curl calls JSON a form when nobody says what it is: only what is no JSON is one.
            var message = $"is a form; send the {noun} as JSON (Content-Type: application/json)";
            return body with { Refusal = new BodyRefusal(StatusCodes.Status415UnsupportedMediaType, message) };
        }

        return body;
    }

    /// <summary>Reads up to <paramref name="most"/> bytes, whether the length was announced or not.</summary>
    public static async Task<BodyBytes> ReadBytesAsync(HttpRequest request, int most)
    {
        var stop = request.HttpContext.RequestAborted;
        try
        {
            return await ReadToEndAsync(request.BodyReader, most, stop);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException && !stop.IsCancellationRequested)
        {
            // Some nonsense in the framing of chunks comes as this, but is the caller's all the same.
            throw new BadHttpRequestException("The body could not be read.", exception);
        }
    }

    private static async Task<BodyBytes> ReadToEndAsync(PipeReader reader, int most, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(stop);
            var buffer = read.Buffer;
            if (buffer.Length > most)
            {
                var beginning = buffer.Slice(0, most).ToArray();
                var seen = buffer.Length;
                reader.AdvanceTo(buffer.End);
                await DrainAsync(reader, MostToDrain - seen, stop);
                return new BodyBytes(beginning, IsTooLarge: true);
            }

            if (read.IsCompleted)
            {
                var body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return new BodyBytes(body, IsTooLarge: false);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static async Task DrainAsync(PipeReader reader, long most, CancellationToken stop)
    {
        while (most > 0)
        {
            var read = await reader.ReadAsync(stop);
            most -= read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static PostedBody Decode(HttpRequest request, ReadOnlyMemory<byte> bytes, int most)
    {
        var raw = bytes;
        string[] codings = [.. Codings(request)];
        foreach (var (index, coding) in codings.Index())
        {
            if (!ContentCoding.IsKnown(coding))
            {
                if (BodyFault.IsObject(Of(raw).Text))
                {
                    // A charset or something else stands in the wrong header.
                    bytes = raw;
                    break;
                }

                return Refused(
                    bytes,
                    StatusCodes.Status415UnsupportedMediaType,
                    $"is compressed in a way that is not read here (Content-Encoding: {Shown(coding)}); send it as it is, or with "
                        + $"one of {ContentCoding.Known}");
            }

            (bytes, var end) = ContentCoding.Decode(coding, bytes, most);
            if (end == ContentCoding.End.TooLarge)
            {
                return Refused(
                    Beginning(bytes, codings[(index + 1)..], most),
                    StatusCodes.Status413PayloadTooLarge,
                    $"is larger than {most} bytes (Intake:MaxBodyBytes) when it is decompressed; send a smaller one. Its "
                        + "beginning is kept");
            }

            if (end == ContentCoding.End.Broken)
            {
                if (BodyFault.IsObject(Of(raw).Text))
                {
                    // Somebody on the way decompressed it and left the header.
                    bytes = raw;
                    break;
                }

                return Refused(
                    raw,
                    StatusCodes.Status400BadRequest,
                    $"is compressed, says Content-Encoding, but is no {Shown(coding)} data, or only a part of it; send it again, or as "
                        + "it is without that header");
            }
        }

        var (text, charset) = BodyText.Read(bytes, Declared(request.ContentType));
        var isToldByBytes = charset is null || BodyText.Utf8(bytes).Span.SequenceEqual(text.Span);
        return new PostedBody(text, isToldByBytes ? bytes : text, charset);
    }

    /// <summary>As far as it can be read.</summary>
    private static ReadOnlyMemory<byte> Beginning(ReadOnlyMemory<byte> bytes, IEnumerable<string> codings, int most)
    {
        foreach (var coding in codings.TakeWhile(ContentCoding.IsKnown))
        {
            // Cut off as it is, it ends too early; what is read until then counts.
            if (ContentCoding.Decode(coding, bytes, most).Bytes is not { IsEmpty: false } decoded)
            {
                break;
            }

            bytes = decoded;
        }

        return bytes;
    }

    private static PostedBody Refused(ReadOnlyMemory<byte> bytes, int status, string message) =>
        Of(bytes) with { Refusal = new BodyRefusal(status, message) };

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase));

    /// <summary>The last one first, as it was put on last.</summary>
    private static IEnumerable<string> Codings(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is not { Count: > 0 } given)
        {
            return [];
        }

        string[] codings =
        [
            .. given.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)),
        ];
        return codings.Length <= MostCodings ? codings.Reverse() : [string.Join(", ", codings)];
    }

    private static string? Declared(string? contentType) =>
        contentType is not null && contentType.Contains("charset", StringComparison.OrdinalIgnoreCase)
        && MediaTypeHeaderValue.TryParse(contentType, out var type)
            ? HeaderUtilities.RemoveQuotes(type.Charset).Value?.Trim('\'', ' ')
            : null;

    private static string Shown(string coding) =>
        string.Concat(coding.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or ',' or ' ').Take(40));
}

/// <summary>A body as it came; its first bytes when it was too large.</summary>
internal sealed record BodyBytes(ReadOnlyMemory<byte> Bytes, bool IsTooLarge);

/// <summary>Why a body is refused before anybody looks whether it is a lead.</summary>
internal sealed record BodyRefusal(int HttpStatus, Violation Fault)
{
    public BodyRefusal(int httpStatus, string message)
        : this(httpStatus, new Violation("", message))
    {
    }
}
