using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>Changes to a right mail: those that leave it right, and those that make one thing about it wrong, with the answer to it.</summary>
internal static class MailCases
{
    public static TheoryData<string, string, string> BrokenSchema => new()
    {
        { "unknown at the root", """{"subjekt":"a"}""", "subjekt: Additional property subjekt is not allowed" },
        { "unknown further in", """{"personalizations":[{"to":[{"email":"a@example.com","nick":"A"}]}]}""", "personalizations.0.to.0.nick: Additional property nick is not allowed" },
        { "camel case", """{"personalizations":[{"to":[{"email":"a@example.com"}],"customArgs":{}}]}""", "personalizations.0.customArgs: Additional property customArgs is not allowed" },
        { "wrong type", """{"personalizations":[{"to":["a@example.com"]}]}""", "personalizations.0.to.0: Invalid type. Expected: object, given: string." },
        { "null", """{"reply_to":null}""", "reply_to: Invalid type. Expected: object, given: null." },
        { "no to", """{"personalizations":[{}]}""", "personalizations.0.to: The to array is required for all personalization objects, and must have at least one email object with a valid email address." },
        { "no e-mail", """{"personalizations":[{"to":[{"name":"A"}]}]}""", "personalizations.0.to.0.email: email is required" },
        { "from without e-mail", """{"from":{"name":"A"}}""", "from.email: The from object must be provided for every email send." },
        { "empty subject", """{"subject":""}""", "subject: The subject of your email must be a string at least one character in length." },
        { "empty content", """{"content":[{"type":"text/plain","value":""}]}""", "content.0.value: The content value must be a string at least one character in length." },
        { "eleven categories", """{"categories":["1","2","3","4","5","6","7","8","9","10","11"]}""", "categories: There is a limit of 10 categories for each email that is sent. You provided 11 categories." },
        { "category twice", """{"categories":["1","1"]}""", "categories: array items must be unique" },
        { "short pool name", """{"ip_pool_name":"a"}""", "ip_pool_name: String length must be greater than or equal to 2" },
        { "unknown disposition", """{"attachments":[{"content":"YQ==","filename":"a","disposition":"above"}]}""", "attachments.0.disposition: Must be one of: [\"inline\",\"attachment\"]" },
        { "custom_args as a string", """{"custom_args":"{}"}""", "custom_args: Invalid type. Expected: object, given: string." },
    };

    public static TheoryData<string, string, string> BrokenRules => new()
    {
        { "address to", """{"personalizations":[{"to":[{"email":"nobody"}]}]}""", "personalizations.0.to.0.email: Does not contain a valid address." },
        { "address with a name", """{"personalizations":[{"to":[{"email":"A <a@example.com>"}]}]}""", "personalizations.0.to.0.email: Does not contain a valid address." },
        { "address with a line break", """{"personalizations":[{"to":[{"email":"a@example.com\n"}]}]}""", "personalizations.0.to.0.email: Does not contain a valid address." },
        { "address from", """{"from":{"email":"shop@localhost"}}""", "from.email: The from email does not contain a valid address." },
        { "address reply_to", """{"reply_to":{"email":"a b@example.com"}}""", "reply_to.email: The reply_to email does not contain a valid address." },
        { "address twice in to", """{"personalizations":[{"to":[{"email":"a@example.com"},{"email":"A@Example.com"}]}]}""", "personalizations.0: Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [A@Example.com] in the personalizations.0.to field." },
        { "address in to and bcc", """{"personalizations":[{"to":[{"email":"a@example.com"}],"bcc":[{"email":"a@example.com"}]}]}""", "personalizations.0: Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [a@example.com] in the personalizations.0.bcc field." },
        { "no recipient", """{"personalizations":[{"to":[]}]}""", "personalizations.0.to: The to array is required" },
        { "no personalization", """{"personalizations":[]}""", "personalizations: You must have at least one personalization." },
        { "name with ;", """{"personalizations":[{"to":[{"email":"a@example.com","name":"A; B"}]}]}""", "personalizations.0.to.0.name: The name can't contain" },
        { "name with ,", """{"personalizations":[{"to":[{"email":"a@example.com"}],"cc":[{"email":"b@example.com","name":"B, C"}]}]}""", "personalizations.0.cc.0.name: The name can't contain" },
        { "Unicode in from", """{"from":{"email":"shop@example.com","name":"Müller"}}""", "from.name: Unicode encoding is not supported for the from field." },
        { "two lines", """{"subject":"a\r\nBcc: b@example.com"}""", "subject: The subject of your email can't contain CRLF characters." },
        { "HTML first", """{"content":[{"type":"text/html","value":"a"},{"type":"text/plain","value":"a"}]}""", "content: Following RFC 1341, section 7.2" },
        { "charset", """{"content":[{"type":"text/plain; charset=utf-8","value":"a"}]}""", "content.0.type: Cannot contain ';', or CRLF characters." },
        { "no content", """{"content":[]}""", "content: There must be at least one defined content block." },
        { "number in custom_args", """{"personalizations":[{"to":[{"email":"a@example.com"}],"custom_args":{"n":1}}]}""", "personalizations.0.custom_args: All values of custom arguments object must be strings" },
        { "two reply_to", """{"reply_to":{"email":"a@example.com"},"reply_to_list":[{"email":"b@example.com"}]}""", "reply_to: You can use either reply_to or reply_to_list, but not both." },
        { "number in headers", """{"headers":{"X-Lead":1}}""", "headers.X-Lead: The header values must be strings." },
        { "two lines in a name", """{"personalizations":[{"to":[{"email":"a@example.com","name":"A\nB"}]}]}""", "personalizations.0.to.0.name: The name can't contain" },
        { "reserved header", """{"headers":{"Subject":"a"}}""", "headers.Subject: Header can not be one of the reserved keys." },
    };

    public static TheoryData<string> Right => new(
        "{}",
        """{"content":[{"type":"text/html","value":"a"}]}""",
        """{"content":[{"type":"text/plain","value":"a"},{"type":"text/html","value":"a"},{"type":"text/calendar","value":"a"}]}""",
        """{"from":{"email":"shop@example.com","name":"A shop"},"reply_to":{"email":"first.last+tag@mail.example.co.uk","name":"Müller; Söhne"}}""",
        """{"personalizations":[{"to":[{"email":"a@example.com","name":"Ä B"}],"cc":[{"email":"b@example.com"}],"bcc":[{"email":"c@example.com"}]}]}""",
        """{"personalizations":[{"to":[{"email":"a@example.com"}]},{"to":[{"email":"a@example.com"}]}]}""",
        """{"custom_args":{"lead":"1"},"categories":["1","2","3","4","5","6","7","8","9","10"],"headers":{"X-Lead":"1"}}""",
        """{"subject":"Grüße 😀","tracking_settings":{"click_tracking":{"enable":false,"enable_text":false}}}""");

    /// <summary>A right mail, with these properties of the root in place of its own.</summary>
    public static JsonObject Mail(string change = "{}")
    {
        var mail = JsonNode.Parse(
            """
            {"personalizations":[{"to":[{"email":"a@example.com"}]}],"from":{"email":"shop@example.com"},"subject":"Subject","content":[{"type":"text/plain","value":"Text"}]}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            mail[name] = value?.DeepClone();
        }

        return mail;
    }
}
