using System.Text;
using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>Makes something else of a valid lead: its structure, its tokens or its bytes. The same seed makes the same body.</summary>
internal sealed class BodyMutator(int seed)
{
    private static readonly string[] Leads = ["lead.json", "lead-contact-me.json", "lead-do-not-contact.json", "lead-education.json", "lead-test.json"];

    private static readonly JsonBody[] Bodies = [.. Leads.Select(name => Read(JsonElement.Parse(Samples.Read(name))))];

    private static readonly string[] Names =
        ["UserDetails", "userdetails", "Email", "Phone", "FirstName", "LastName", "Country", "Company", "Title", "LeadSource", "ActionCode", "OfferTitle", "Description", "extra", "", "Lead.Id", "leadid", "a.b", "\u202e"];

    private static readonly string[] Scalars =
    [
        "null", "true", "0", "-1.5e300", "1e999", "123456789012345678901234567890", "\"\"", "\" \"", "\"MSFT_TEST_1\"", "\"DNC\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"\\u001b[0m\"", "\"\u202eabc\"",
        "\"a@b.example\"", "\"a@b@c\"", "\"=1+1\"", "\"<b>{{Lead.Id}}</b>\"", "\"\\r\\nBcc: x@example.org\"", "\"SPZA-INS|a.b\"", "\"{{#each\"", "\"\\\\\"", "\"'\"", "\"\\ufffe\"", "\"e\u0301\u0301\u0301\"", "\"\U0001F468\u200d\U0001F469\"", "NaN", "'x'", "",
    ];

    private static readonly string[] Tokens = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "//", "/*", "null", "\0", "\ufeff", "\r\n", "1e", "-", "\t", "true"];

    private readonly Random _chance = new(seed);

    public byte[] Body()
    {
        var body = One(Bodies);
        for (var times = _chance.Next(4); times > 0; times--)
        {
            body = Changed(body, depth: 0);
        }

        var bytes = Encoding.UTF8.GetBytes(_chance.Next(3) == 0 ? body.Rewritten(_chance.Next()) : body.ToString());
        for (var times = _chance.Next(3) == 0 ? _chance.Next(1, 4) : 0; times > 0; times--)
        {
            bytes = Changed(bytes);
        }

        return bytes;
    }

    private JsonBody Changed(JsonBody body, int depth) => body switch
    {
        JsonBody.Map map when map.Properties.Count > 0 && _chance.Next(3) > 0 => new JsonBody.Map(Changed(map.Properties, depth)),
        JsonBody.Map map => new JsonBody.Map([.. map.Properties, KeyValuePair.Create(One(Names), New(depth))]),
        JsonBody.List list => new JsonBody.List([.. list.Items, New(depth)]),
        JsonBody.Scalar { Json: ['"', ..] json } when _chance.Next(4) == 0 => new JsonBody.Scalar("\"" + string.Concat(Enumerable.Repeat(json[1..^1], _chance.Next(400))) + "\""),
        _ => New(depth),
    };

    private KeyValuePair<string, JsonBody>[] Changed(IReadOnlyList<KeyValuePair<string, JsonBody>> properties, int depth)
    {
        var changed = properties.ToList();
        var at = _chance.Next(changed.Count);
        switch (_chance.Next(5))
        {
            case 0:
                changed.RemoveAt(at);
                break;
            case 1:
                changed.Insert(_chance.Next(changed.Count), KeyValuePair.Create(changed[at].Key, New(depth)));
                break;
            case 2:
                changed[at] = KeyValuePair.Create(One(Names), changed[at].Value);
                break;
            default:
                changed[at] = KeyValuePair.Create(changed[at].Key, Changed(changed[at].Value, depth + 1));
                break;
        }

        return [.. changed];
    }

    private JsonBody New(int depth) => _chance.Next(6) switch
    {
        0 when depth < 4 => new JsonBody.Map([.. Enumerable.Range(0, _chance.Next(4)).Select(_ => KeyValuePair.Create(One(Names), New(depth + 1)))]),
        1 when depth < 4 => new JsonBody.List([.. Enumerable.Range(0, _chance.Next(4)).Select(_ => New(depth + 1))]),
        2 when depth < 2 => Enumerable.Range(0, _chance.Next(80)).Aggregate(New(4), (inner, level) => level % 2 == 0 ? new JsonBody.List([inner]) : new JsonBody.Map([KeyValuePair.Create(One(Names), inner)])),
        _ => new JsonBody.Scalar(One(Scalars)),
    };

    private byte[] Changed(byte[] bytes)
    {
        var at = _chance.Next(bytes.Length + 1);
        var length = Math.Min(_chance.Next(1, 30), bytes.Length - at);
        switch (_chance.Next(5))
        {
            case 0:
                return [.. bytes[..at], (byte)_chance.Next(256), .. bytes[at..]];
            case 1:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 3:
                return [.. bytes[..at], .. Encoding.UTF8.GetBytes(One(Tokens)), .. bytes[at..]];
            default:
                var flipped = bytes.ToArray();
                for (var index = at; index < at + length; index++)
                {
                    flipped[index] ^= (byte)(1 << _chance.Next(8));
                }

                return flipped;
        }
    }

    private T One<T>(T[] all) => all[_chance.Next(all.Length)];

    private static JsonBody Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonBody.Map([.. element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Read(property.Value)))]),
        JsonValueKind.Array => new JsonBody.List([.. element.EnumerateArray().Select(Read)]),
        _ => new JsonBody.Scalar(element.GetRawText()),
    };
}
