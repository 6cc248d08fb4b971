using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>One entry of SendGrid's "errors" list.</summary>
/// <param name="Field">"personalizations.0.to"; null when the fault lies in no field.</param>
internal sealed record SendGridError(string Message, string? Field = null, string? Help = null)
{
    public static SendGridError In(string field, string message) =>
        new(message, field, "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message." + field.Split('.')[0]);

    public static Reply Answer(int code, params IEnumerable<SendGridError> errors) =>
        Reply.Json(code, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => error.ToJson())]) });

    private JsonObject ToJson() => new() { ["message"] = Message, ["field"] = Field, ["help"] = Help };
}
