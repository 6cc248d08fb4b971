using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadFunctions.Intake.Encodings;
using LeadFunctions.Leads;

namespace LeadFunctions.Store;

/// <summary>
/// What is left when the data of the person with an e-mail address is erased. A lead that has the address as one of its values is
/// that person's: only what says nothing about a person stays. One that merely mentions it in a text loses the mention. The address
/// is found however it is written (<see cref="EmailText"/>), as leads of earlier versions were kept as they came.
/// </summary>
internal sealed class PersonalDataEraser
{
    /// <summary>Stands where something was.</summary>
    public const string Mark = "(erased)";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Compressions = ["gzip", "deflate", "br"];

    /// <summary>
    /// Without one of these bytes there is no address, in whatever encoding: the sign itself, what begins an escape of it (JSON, URL,
    /// HTML), and a byte of its full-width form in UTF-8 and in UTF-16.
    /// </summary>
    private static readonly SearchValues<byte> AroundAt = SearchValues.Create([(byte)'@', (byte)'\\', (byte)'%', (byte)'&', 0xEF, 0xFF]);

    private const int MostDecoded = 4 * 1024 * 1024;

    private readonly string _address;
    private readonly Regex _mention;

    public PersonalDataEraser(string address)
    {
        _address = EmailText.Clean(address);
        // Not within a longer address; rather too much than too little.
        _mention = new Regex(
            $@"(?<![\w.+-]){Regex.Escape(_address)}(?![\w-]|\.\w)",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(10));
    }

    public bool Concerns(LeadContent content) => Any(content.Root, IsMentioned);

    /// <summary>Whether the lead is the person's own. The staff of an appointment are mentioned; the lead is its customer's.</summary>
    public bool IsOf(LeadContent content) =>
        content.Root.EnumerateObject().Any(property => property.Name != "StaffMembers" && Any(property.Value, IsOwn))
        || (content.Text("UserDetails", "Email") is { } email && IsMentioned(email));

    /// <summary>Of a refused body's structure nothing is known: if the address is in it, nothing of it may stay.</summary>
    public bool Concerns(RefusedBody body) =>
        Readings(body.Body)
            .SelectMany(text => new[] { text, Unescaped(text), Uri.UnescapeDataString(text.Replace('+', ' ')) })
            .SelectMany(EmailText.Forms)
            .Any(text => text.Contains(_address, StringComparison.OrdinalIgnoreCase));

    /// <summary>The lead without the person. What it has from other events it keeps where its own words stay.</summary>
    public Lead Without(Lead lead) =>
        lead with
        {
            Content = Without(lead.Content),
            SharedRow =
                IsOf(lead.Content) || lead.SharedRow is null
                    ? lead.SharedRow?.Bare
                    : lead.SharedRow with
                    {
                        FromOtherEvents = lead
                            .SharedRow.FromOtherEvents.Where(one => !IsMentioned(one.Key))
                            .ToDictionary(StringComparer.Ordinal),
                    },
        };

    /// <summary>The content without the person.</summary>
    public LeadContent Without(LeadContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            Write(json, content.Root.EnumerateObject().Where(property => !IsOf(content) || !PersonalData.IsIn(property.Name)));
        }

        return new LeadContent(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Without what may quote what was sent.</summary>
    public static DeliveryAttempt Without(DeliveryAttempt attempt) => attempt with { Error = Marked(attempt.Error) };

    /// <summary>As <see cref="Without(DeliveryAttempt)"/>. Some systems know a person by the address.</summary>
    public static DeliveryState Without(DeliveryState state) => state with
    {
        Answer = null,
        LastError = Marked(state.LastError),
        RemoteId = state.RemoteId?.Contains('@', StringComparison.Ordinal) == true ? null : state.RemoteId,
    };

    private static string? Marked(string? text) => text is null ? null : Mark;

    private void Write(Utf8JsonWriter json, IEnumerable<JsonProperty> properties)
    {
        json.WriteStartObject();
        foreach (var property in properties)
        {
            json.WritePropertyName(Without(property.Name));
            Write(json, property.Value);
        }

        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Write(json, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(Without(value.GetString()!));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private bool IsMentioned(string text) => EmailText.Forms(text).Any(_mention.IsMatch);

    private bool IsOwn(string text) => EmailText.IsNothingBut(text, _address);

    private string Without(string text)
    {
        text = _mention.Replace(text, Mark);
        return EmailText.Forms(text).FirstOrDefault(_mention.IsMatch) is { } hidden ? _mention.Replace(hidden, Mark) : text;
    }

    /// <summary>What a body may say, as nothing is known of how it was meant: of broken compressed data as much as can be read.</summary>
    private static IEnumerable<string> Readings(ReadOnlyMemory<byte> body)
    {
        var decoded = System.Text.Unicode.Utf8.IsValid(body.Span)
            ? []
            : Compressions.Select(coding => ContentCoding.Decode(coding, body, MostDecoded).Bytes);
        foreach (var bytes in decoded.Prepend(body).Where(bytes => bytes.Span.ContainsAny(AroundAt)))
        {
            yield return Encoding.UTF8.GetString(BodyText.Utf8(bytes).Span);
            yield return Encoding.UTF8.GetString(bytes.Span);
            yield return Encoding.Unicode.GetString(bytes.Span);
            yield return Encoding.BigEndianUnicode.GetString(bytes.Span);
        }
    }

    private static bool Any(JsonElement value, Func<string, bool> matches) => value.ValueKind switch
    {
        JsonValueKind.String => matches(value.GetString()!),
        JsonValueKind.Object => value.EnumerateObject().Any(property => matches(property.Name) || Any(property.Value, matches)),
        JsonValueKind.Array => value.EnumerateArray().Any(item => Any(item, matches)),
        _ => false,
    };

    // JSON may write any letter by its number, in a broken body too.
    private static string Unescaped(string text)
    {
        var parts = text.Split("\\u");
        return parts[0]
            + string.Concat(
                parts
                    .Skip(1)
                    .Select(part =>
                        part.Length >= 4
                        && ushort.TryParse(part.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var letter)
                            ? (char)letter + part[4..]
                            : part));
    }
}
