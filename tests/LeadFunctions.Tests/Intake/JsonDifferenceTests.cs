using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeadFunctions.Intake;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Intake;

/// <summary>
/// What the intake makes of mutated leads against what System.Text.Json alone says of the same bytes: whether they are JSON, what stands
/// in them, and what is of the wrong kind. For as long as <c>LEADFUNCTIONS_FUZZ_SECONDS</c> says (default 2); a failure names the seed,
/// from which
/// <c>LEADFUNCTIONS_FUZZ_SEED</c> begins.
/// </summary>
public sealed class JsonDifferenceTests
{
    private const int InTheSuite = 300;

    private static readonly string[] Texts = ["ActionCode", "OfferTitle", "LeadSource", "Description"];
    private static readonly string[] Details = ["Company", "Country", "Email", "FirstName", "LastName", "Phone", "Title"];

    [Fact]
    public async Task What_is_taken_is_what_was_sent()
    {
        // In the suite always the same; for so many seconds, others each time.
        var seconds = Number("LEADFUNCTIONS_FUZZ_SECONDS");
        var seed = Number("LEADFUNCTIONS_FUZZ_SEED") ?? (seconds is null ? 1 : Random.Shared.Next());
        var (took, bodies, taken) = (Stopwatch.StartNew(), 0, 0);
        for (; seconds is null ? bodies < InTheSuite : took.Elapsed < TimeSpan.FromSeconds(seconds.Value); bodies++, seed = unchecked(seed + 1))
        {
            var body = new BodyMutator(seed).Body();
            try
            {
                taken += await CompareAsync(body) ? 1 : 0;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Assert.Fail($"Seed {seed}: {exception.Message}\n{Encoding.Latin1.GetString(body)}");
            }
        }

        Assert.InRange(taken, 1, bodies - 1);
        TestContext.Current.TestOutputHelper!.WriteLine($"{bodies} bodies, of which {taken} are leads.");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"OfferTitle":"a",}""")]
    [InlineData("""{"OfferTitle":"a"}}""")]
    [InlineData("""{"OfferTitle":"a","offertitle":"b","OFFERTITLE":7}""")]
    [InlineData("""{"UserDetails.Email":"kim@example.com","UserDetails":{"email":null},"userdetails":{"Email":"lee@example.com"}}""")]
    [InlineData("""{"UserDetails.UserDetails.Email":1,"n":123456789012345678901234567890,"m":-0.0e-0,"k":1E+999}""")]
    [InlineData("""{"a":"\ud800","b":"\udc00\ud800","c":"\\ud800","d":"\ud83d\ude00","\ud800":"e"}""")]
    [InlineData("""{"OfferTitle":["a",null,"",{"b":null}],"x":[[],{}]}""")]
    [InlineData("{\"OfferTitle\":\"a\tb\"}")]
    [InlineData("\ufeff{\"OfferTitle\":\"a\"}")]
    [InlineData("{\"OfferTitle\":\"a\"}\0")]
    [InlineData("""{"OfferTitle":"a"/**/}""")]
    [InlineData("""{"OfferTitle":{"Title":"a"},"UserDetails":{"Email":"kim@example.com"},"UserDetails":" "}""")]
    public async Task So_it_is_with_what_is_odd(string body) => await CompareAsync(Encoding.UTF8.GetBytes(body));

    /// <summary>True: it was taken.</summary>
    private static async Task<bool> CompareAsync(byte[] body)
    {
        var store = new Kept();
        var options = new IntakeOptions([], 262_144, TimeSpan.FromDays(1), 0);
        var inbox = new LeadInbox(store, [], options, TimeProvider.System);
        var intake = new LeadIntake(LeadSchema.Documented(), inbox, options, TimeProvider.System);
        await PostAsync(intake, body);
        if (store.Refused is { } refused)
        {
            // Of what is too large the beginning is kept.
            Assert.Equal(body.Take(options.MaxBodyBytes), refused.Body.ToArray());
            if (body.Length > options.MaxBodyBytes)
            {
                return false;
            }
        }

        var isUtf8 = System.Text.Unicode.Utf8.IsValid(body) && !body.AsSpan().StartsWith("\0"u8) && !(body is [_, 0, ..]);
        if (!isUtf8)
        {
            return store.Lead is not null;
        }

        var (known, wrong, right) = (Parse(body), new HashSet<string>(), new HashSet<string>());
        if (known is not { ValueKind: JsonValueKind.Object } root)
        {
            Assert.Equal("", Assert.Single(store.Refused!.Violations).Path);
            return false;
        }

        FindKinds(root, wrong, right);
        var said = Leaves(root).ToHashSet(StringComparer.Ordinal);
        if (store.Refused is not null)
        {
            Assert.True(
                wrong.Count > 0 || IsBlank(root),
                $"It is refused, and nothing is wrong: {string.Join(", ", store.Refused.Violations)}");
            var places = store.Refused.Violations.Select(violation => violation.Path).Where(IsDocumented);
            Assert.All(places, path => Assert.Contains(path, wrong));
            return false;
        }

        var lead = store.Lead!;
        Assert.True(wrong.IsSubsetOf(right), $"It is taken with {string.Join(", ", wrong.Except(right))} of the wrong kind.");
        var kept = Leaves(lead.Content.Root).ToHashSet(StringComparer.Ordinal);
        var cleaned = said.Select(text => Core(EmailText.Clean(text))).ToHashSet(StringComparer.Ordinal);
        foreach (var text in said)
        {
            Assert.True(kept.Contains(text) || kept.Contains(Core(EmailText.Clean(text))), $"“{text}” was said, and is not kept.");
        }

        Assert.All(kept, text => Assert.True(said.Contains(text) || cleaned.Contains(text), $"“{text}” is kept, and was not said."));
        await AssertRepeatAsync(store, intake, lead.Content.Utf8.ToArray());
        var whole = Encoding.UTF8.GetString(body).TrimStart('\ufeff');
        foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
        {
            await AssertRepeatAsync(store, intake, [.. encoding.GetPreamble(), .. encoding.GetBytes(whole)]);
        }

        return true;
    }

    private static async Task AssertRepeatAsync(Kept store, LeadIntake intake, byte[] body)
    {
        var (lead, fingerprint) = (store.Lead!, store.Fingerprint);
        await PostAsync(intake, body);
        Assert.True(store.Refused is null, $"Sent once more it is refused: {string.Join(", ", store.Refused?.Violations ?? [])}");
        Assert.Equal(Encoding.UTF8.GetString(lead.Content.Utf8), Encoding.UTF8.GetString(store.Lead!.Content.Utf8));
        Assert.Equal(fingerprint, store.Fingerprint);
    }

    /// <summary>Other places are named too, where something stands that belongs here.</summary>
    private static bool IsDocumented(string path) =>
        path == "/UserDetails" || Texts.Any(name => path == $"/{name}") || Details.Any(name => path == $"/UserDetails/{name}");

    private static Task PostAsync(LeadIntake intake, byte[] body) =>
        intake.AcceptAsync(new DefaultHttpContext { Request = { Method = HttpMethods.Post, Body = new MemoryStream(body) } }.Request);

    private static JsonElement? Parse(byte[] body)
    {
        var text = body.AsMemory(body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 }).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The places of documented properties that are given in a wrong and in the right kind; blanks are neither.</summary>
    private static void FindKinds(JsonElement root, HashSet<string> wrong, HashSet<string> right)
    {
        foreach (var property in root.EnumerateObject().Where(property => !IsBlank(property.Value)))
        {
            var name = NameOf(property);
            if (Texts.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } text)
            {
                (property.Value.ValueKind == JsonValueKind.String ? right : wrong).Add($"/{text}");
            }
            else if (name.Equals("UserDetails", StringComparison.OrdinalIgnoreCase))
            {
                (property.Value.ValueKind == JsonValueKind.Object ? right : wrong).Add("/UserDetails");
                foreach (var detail in property.Value.ValueKind == JsonValueKind.Object ? property.Value.EnumerateObject() : default)
                {
                    Note(NameOf(detail), detail.Value);
                }
            }
            else if (name.StartsWith("UserDetails.", StringComparison.OrdinalIgnoreCase) && name.Length > "UserDetails.".Length)
            {
                right.Add("/UserDetails");
                Note(name["UserDetails.".Length..], property.Value);
            }
        }

        void Note(string name, JsonElement value)
        {
            if (Details.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } detail
                && !IsBlank(value))
            {
                (value.ValueKind == JsonValueKind.String ? right : wrong).Add($"/UserDetails/{detail}");
            }
        }
    }

    private static string NameOf(JsonProperty property) => Text(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property)));

    private static bool IsBlank(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => ValueText.Trim(Text(value.GetRawText()[1..^1])).Length == 0,
        JsonValueKind.Object => value.EnumerateObject().All(property => IsBlank(property.Value)),
        _ => false,
    };

    /// <summary>Every value that says something, without the names.</summary>
    private static IEnumerable<string> Leaves(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Leaves(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.String => Core(Text(value.GetRawText()[1..^1])) is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Null => [],
        _ => [value.GetRawText()],
    };

    /// <summary>What is to be seen of a text.</summary>
    private static string Core(string text) =>
        string.Concat(text.Where(letter => !char.IsWhiteSpace(letter) && char.GetUnicodeCategory(letter) is not UnicodeCategory.Format));

    /// <summary>A text as JSON writes it, read without a library; half of a surrogate pair is U+FFFD.</summary>
    private static string Text(string json)
    {
        var text = new StringBuilder();
        for (var at = 0; at < json.Length; at++)
        {
            if (json[at] != '\\')
            {
                text.Append(json[at]);
                continue;
            }

            at++;
            if (json[at] == 'u')
            {
                text.Append((char)ushort.Parse(json.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 4;
            }
            else
            {
                text.Append(json[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
        }

        return string.Concat(text.ToString().EnumerateRunes());
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The last thing that came.</summary>
    private sealed class Kept : ILeadIntakeStore
    {
        public Lead? Lead { get; private set; }

        public byte[] Fingerprint { get; private set; } = [];

        public RefusedBody? Refused { get; private set; }

        public Task<Acceptance> AcceptAsync(
            Lead lead, byte[] fingerprint, DateTimeOffset? repeatsSince, IReadOnlyList<PlannedDelivery> deliveries)
        {
            (Lead, Fingerprint) = (lead, fingerprint);
            return Task.FromResult(new Acceptance(lead.Id, IsRepeat: false));
        }

        public Task KeepRefusedAsync(RefusedBody body)
        {
            Refused = body;
            return Task.CompletedTask;
        }

        public Task<Acceptance?> ReplayAsync(
            Lead lead, byte[] fingerprint, TimeSpan window, IReadOnlyList<PlannedDelivery> deliveries, string by, DateTimeOffset now) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<Lead>> FindGroupAsync(LeadId groupId, IReadOnlyCollection<LeadId> except) =>
            throw new NotSupportedException();
    }
}
