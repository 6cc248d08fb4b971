using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>The rules of mail/send that no schema holds. They expect a mail that fits the schema.</summary>
internal static class MailRules
{
    public const int MostRecipients = 1000;

    public const int MostCustomArgsBytes = 10_000;

    private static readonly string[] RecipientLists = ["to", "cc", "bcc"];

    private static readonly string[] ReservedHeaders =
    [
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc",
    ];

    public static IEnumerable<SendGridError> Check(JsonObject mail)
    {
        var personalizations = mail["personalizations"]!.AsArray().Select(item => item!.AsObject()).ToList();
        var own = personalizations.SelectMany((item, index) => CheckPersonalization(item, mail, "personalizations." + index.ToString(CultureInfo.InvariantCulture)));
        return CheckCount(personalizations).Concat(own).Concat(CheckFrom(mail["from"]!, "from")).Concat(CheckReplyTo(mail)).Concat(CheckSubject(mail, personalizations))
            .Concat(CheckContent(mail)).Concat(CheckHeaders(mail["headers"], "headers"));
    }

    private static IEnumerable<SendGridError> CheckCount(List<JsonObject> personalizations)
    {
        if (personalizations.Count == 0)
        {
            yield return SendGridError.In("personalizations", "You must have at least one personalization.");
        }

        if (personalizations.Sum(item => Recipients(item).Count()) > MostRecipients)
        {
            yield return SendGridError.In("personalizations", $"There is a limit of {MostRecipients} total recipients (to + cc + bcc) per request.");
        }
    }

    private static IEnumerable<SendGridError> CheckPersonalization(JsonObject item, JsonObject mail, string path)
    {
        if (item["to"]!.AsArray().Count == 0)
        {
            yield return SendGridError.In(
                $"{path}.to",
                "The to array is required for all personalization objects, and must have at least one email object with a valid email address.");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (Recipients(item).FirstOrDefault(recipient => !seen.Add(recipient.Email)) is { } twice)
        {
            yield return SendGridError.In(
                path,
                $"Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [{twice.Email}] in the {path}.{twice.List} field.");
        }

        foreach (var recipient in Recipients(item).Where(recipient => recipient.Name?.IndexOfAny([';', ',', '\r', '\n']) >= 0))
        {
            yield return SendGridError.In($"{path}.{recipient.List}.{recipient.Index}.name", "The name can't contain ';', ',' or CRLF characters.");
        }

        var more = (item["from"] is { } from ? CheckFrom(from, $"{path}.from") : []).Concat(CheckCustomArgs(item, mail, path))
            .Concat(CheckHeaders(item["headers"], $"{path}.headers")).Concat(CheckLine(item, path));
        foreach (var error in more)
        {
            yield return error;
        }
    }

    private static IEnumerable<Recipient> Recipients(JsonObject personalization) => RecipientLists.SelectMany(list =>
        (personalization[list]?.AsArray() ?? []).Select((item, index) => new Recipient(list, index, item!["email"]!.GetValue<string>(), item["name"]?.GetValue<string>())));

    private static IEnumerable<SendGridError> CheckFrom(JsonNode from, string path) =>
        from.AsObject().Where(part => !Ascii.IsValid(part.Value!.GetValue<string>()))
            .Select(part => SendGridError.In($"{path}.{part.Key}", "Unicode encoding is not supported for the from field."));

    private static IEnumerable<SendGridError> CheckReplyTo(JsonObject mail) => mail.ContainsKey("reply_to") && mail.ContainsKey("reply_to_list")
        ? [SendGridError.In("reply_to", "You can use either reply_to or reply_to_list, but not both.")]
        : [];

    private static IEnumerable<SendGridError> CheckSubject(JsonObject mail, List<JsonObject> personalizations) =>
        mail.ContainsKey("subject") || mail.ContainsKey("template_id") || personalizations.All(item => item.ContainsKey("subject"))
            ? CheckLine(mail, "")
            : [SendGridError.In(
                "subject",
                "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.")];

    private static IEnumerable<SendGridError> CheckLine(JsonObject holder, string path) => holder["subject"]?.GetValue<string>().IndexOfAny(['\r', '\n']) >= 0
        ? [SendGridError.In($"{path}.subject".TrimStart('.'), "The subject of your email can't contain CRLF characters.")]
        : [];

    private static IEnumerable<SendGridError> CheckContent(JsonObject mail)
    {
        var types = (mail["content"]?.AsArray() ?? []).Select(item => item!["type"]!.GetValue<string>()).ToList();
        if (types.Count == 0 && !mail.ContainsKey("template_id"))
        {
            yield return SendGridError.In("content", mail.ContainsKey("content")
                ? "There must be at least one defined content block. We typically suggest both text/plain and text/html blocks are included, but only one block is required."
                : "The content param is required unless you are using a transactional template and have defined a template_id.");
        }

        if (types.FindIndex(type => type.IndexOfAny([';', '\r', '\n']) >= 0) is >= 0 and var bad)
        {
            yield return SendGridError.In($"content.{bad}.type", "Cannot contain ';', or CRLF characters.");
        }

        if (!types.Select(Rank).SequenceEqual(types.Select(Rank).Order()))
        {
            yield return SendGridError.In(
                "content",
                "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email: text/plain needs to be first, followed by text/html, followed by any other content.");
        }
    }

    private static int Rank(string type) => type switch { "text/plain" => 0, "text/html" => 1, _ => 2 };

    private static IEnumerable<SendGridError> CheckCustomArgs(JsonObject item, JsonObject mail, string path)
    {
        var all = new JsonObject();
        foreach (var (name, value) in (mail["custom_args"]?.AsObject() ?? []).Concat(item["custom_args"]?.AsObject() ?? []))
        {
            all[name] = value?.DeepClone();
        }

        if (all.Any(arg => arg.Value?.GetValueKind() != JsonValueKind.String))
        {
            yield return SendGridError.In($"{path}.custom_args", "All values of custom arguments object must be strings");
        }

        if (all.Count > 0 && Encoding.UTF8.GetByteCount(all.ToJsonString()) >= MostCustomArgsBytes)
        {
            yield return SendGridError.In($"{path}.custom_args", "The combined size of both global and personalization custom arguments may not exceed 10,000 bytes per personalization.");
        }
    }

    private static IEnumerable<SendGridError> CheckHeaders(JsonNode? headers, string path)
    {
        foreach (var (name, value) in headers?.AsObject() ?? [])
        {
            if (value?.GetValueKind() != JsonValueKind.String)
            {
                yield return SendGridError.In($"{path}.{name}", "The header values must be strings.");
            }
            else if (ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                yield return SendGridError.In($"{path}.{name}", "Header can not be one of the reserved keys.");
            }
        }
    }

    private sealed record Recipient(string List, int Index, string Email, string? Name);
}
