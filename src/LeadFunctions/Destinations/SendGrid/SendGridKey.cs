using System.Text.Json;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.SendGrid;

/// <summary>What SendGrid says of a key when it is asked for the key's scopes.</summary>
internal static class SendGridKey
{
    private const string What = "API key may send mail";
    private const string NewKey = "In SendGrid, Settings > API Keys, make a key with the Mail Send permission and set it as ApiKey.";

    public static CheckResult Check(RemoteReply scopes) => scopes switch
    {
        RemoteReply.Response { Status: 200 } answer when MayBeRead(answer.Body, out var maySend) => maySend
            ? new CheckResult(What, true)
            : new CheckResult(What, false, $"SendGrid knows the key, but it lacks mail.send. {NewKey}"),
        RemoteReply.Response { Status: 401 or 403 } => new CheckResult(What, false, $"{SendGridResponse.Explain(scopes)}. {NewKey}"),
        _ => new CheckResult(What, false, SendGridResponse.Explain(scopes)),
    };

    private static bool MayBeRead(string body, out bool maySend)
    {
        maySend = false;
        try
        {
            maySend = JsonElement.Parse(body).GetProperty("scopes").EnumerateArray().Any(scope => scope.ValueEquals("mail.send"));
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A proxy's page: its beginning is shown.
            return false;
        }
    }
}
