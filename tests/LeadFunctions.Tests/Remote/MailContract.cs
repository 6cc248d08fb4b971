using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>The request body of mail/send as the OpenAPI document has it, with faults told in SendGrid's own words where those are known.</summary>
internal sealed class MailContract
{
    private readonly OpenApiSchema _schemas;
    private readonly JsonObject _body;

    public MailContract()
    {
        var document = Contract.Read(Contract.SendGridMail);
        _schemas = new OpenApiSchema(document);
        var operation = document["paths"]!["/v3/mail/send"]!["post"]!;
        var requestBody = _schemas.Resolve(operation["requestBody"]!["$ref"]!.GetValue<string>());
        Examples = requestBody["content"]!["application/json"]!["examples"]!.AsObject();
        _body = requestBody["content"]!["application/json"]!["schema"]!.AsObject();

        // The known fault of the document: it types the custom_args of the root as a string.
        var properties = _body["properties"]!;
        properties["custom_args"] = properties["personalizations"]!["items"]!["properties"]!["custom_args"]!.DeepClone();
    }

    /// <summary>The document's own examples, by name; each has a "value".</summary>
    public JsonObject Examples { get; }

    public IReadOnlyList<SendGridError> Check(JsonObject mail) => [.. _schemas.Check(mail, _body).Select(fault => Tell(fault, mail))];

    private static SendGridError Tell(SchemaFault fault, JsonObject mail)
    {
        var path = fault.Path.Split('.');
        return (path, fault.Keyword) switch
        {
            (["from"] or ["from", "email"], "required") => SendGridError.In(
                "from.email",
                "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter.  "
                + "e.g. {\"email\" : \"example@example.com\"}  or {\"email\" : \"example@example.com\", \"name\" : \"Example Recipient\"}."),
            (["personalizations", _, "to"], "required") => SendGridError.In(
                fault.Path,
                "The to array is required for all personalization objects, and must have at least one email object with a valid email address."),
            (["from", "email"], "format") => SendGridError.In(fault.Path, "The from email does not contain a valid address."),
            (["reply_to", "email"], "format") => SendGridError.In(fault.Path, "The reply_to email does not contain a valid address."),
            (["subject"] or ["personalizations", _, "subject"], "minLength") => SendGridError.In(
                fault.Path,
                "The subject of your email must be a string at least one character in length."),
            (["content", _, "value"], "minLength") => SendGridError.In(fault.Path, "The content value must be a string at least one character in length."),
            (["content", _, "value"], "required") => SendGridError.In(fault.Path, "A content value is required, this is the content of the email you are sending."),
            (["content", _, "type"], "required") => SendGridError.In(fault.Path, "A content type is required, this tells email clients how to display the email."),
            (["categories"], "maxItems") => SendGridError.In(
                fault.Path,
                $"There is a limit of 10 categories for each email that is sent. You provided {mail["categories"]!.AsArray().Count} categories."),
            _ => SendGridError.In(fault.Path, fault.Message),
        };
    }
}
