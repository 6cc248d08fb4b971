using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>A mail that was queued. The short-cuts read its first personalization.</summary>
internal sealed record SentMail(string MessageId, JsonObject Json)
{
    public string? Subject => (Personalization["subject"] ?? Json["subject"])?.GetValue<string>();

    public string? Text => Content("text/plain");

    public string? Html => Content("text/html");

    public string From => Json["from"]!["email"]!.GetValue<string>();

    public string? FromName => Json["from"]!["name"]?.GetValue<string>();

    public IReadOnlyList<string> To => Addresses("to");

    public IReadOnlyList<string> Cc => Addresses("cc");

    public IReadOnlyList<string> Bcc => Addresses("bcc");

    public string? ReplyTo => Json["reply_to"]?["email"]?.GetValue<string>();

    public string? ReplyToName => Json["reply_to"]?["name"]?.GetValue<string>();

    /// <summary>Those of the whole mail too; the personalization's win.</summary>
    public IReadOnlyDictionary<string, string> CustomArgs =>
        new[] { Json["custom_args"], Personalization["custom_args"] }.SelectMany(args => args?.AsObject() ?? [])
            .GroupBy(arg => arg.Key).ToDictionary(arg => arg.Key, arg => arg.Last().Value!.GetValue<string>(), StringComparer.Ordinal);

    private JsonObject Personalization => Json["personalizations"]![0]!.AsObject();

    private string? Content(string type) =>
        Json["content"]?.AsArray().FirstOrDefault(part => part!["type"]!.GetValue<string>() == type)?["value"]!.GetValue<string>();

    private string[] Addresses(string list) => [.. (Personalization[list]?.AsArray() ?? []).Select(item => item!["email"]!.GetValue<string>())];
}
