namespace LeadFunctions.Tests.Settings;

public sealed class WebhookFaultTests
{
    private static readonly (string Key, string? Value)[] Least =
    [
        ("Destinations:d:Kind", "Webhook"),
        ("Destinations:d:Url", "https://hooks.example.com/services/hush"),
    ];

    private static readonly (string Key, string? Value)[] OAuth =
    [
        .. Least,
        ("Destinations:d:Auth", "OAuth"),
        ("Destinations:d:OAuth:TokenUrl", "https://login.example.com/token"),
        ("Destinations:d:OAuth:ClientId", "c"),
        ("Destinations:d:OAuth:ClientSecret", "hush"),
    ];

    [Theory]
    [InlineData("Url", null)]
    [InlineData("Url", "hooks.example.com")]
    [InlineData("Url", "ftp://hooks.example.com")]
    [InlineData("Url", "http://hooks.example.com")]
    [InlineData("Url", "https://me:hush@hooks.example.com")]
    [InlineData("Url", "https://{{UserDetails.Company}}/x")]
    [InlineData("Url", "https://hooks.{{UserDetails.Company}}.com/x")]
    [InlineData("Url", "https://hooks.example.com{{UserDetails.Company}}")]
    [InlineData("Url", "https://hooks.example.com/a#b")]
    [InlineData("Url", "https://hooks.example.com/a\\b")]
    [InlineData("Url", "https://hooks.example.com/{{{UserDetails.Company}}}")]
    [InlineData("Url", "https://hooks.example.com/{{&UserDetails.Company}}")]
    [InlineData("Url", "https://hooks.example.com/{{#if x}}")]
    [InlineData("Url", "https://127.0.0.1/x")]
    [InlineData("Url", "https://localhost/x")]
    [InlineData("Url", "https://169.254.169.254/metadata")]
    [InlineData("Url", "https://[::ffff:10.0.0.1]/x")]
    [InlineData("Method", "Trace")]
    [InlineData("Auth", "Digest")]
    [InlineData("Json", "{\"a\":\"{{{OfferTitle}}}\"}")]
    [InlineData("Json", "{{#if x}}")]
    [InlineData("Json:a:0:b", "{{#if x}}")]
    [InlineData("Form:a", "{{nohelper 1 2}}")]
    [InlineData("Text", "{{/if}}")]
    [InlineData("Headers:X-A", "{{#if x}}")]
    [InlineData("Headers:Host", "other.example.com")]
    [InlineData("Headers:Content-Length", "1")]
    [InlineData("Headers:webhook-signature", "v1,x")]
    [InlineData("Headers:X A", "x")]
    [InlineData("Headers:Content-Type", "json")]
    [InlineData("SuccessCodes", "2xx")]
    [InlineData("SuccessCodes", "204-200")]
    [InlineData("SuccessCodes", "500")]
    [InlineData("RetryCodes", "200")]
    [InlineData("SigningKeys", "hush")]
    [InlineData("SigningKeys", "whsec_c2hvcnQ=")]
    [InlineData("SigningKeys", "whsec_not base64!")]
    [InlineData("IdempotencyHeader", "Idempotency Key")]
    [InlineData("AllowPrivateAddresses", "yes")]
    [InlineData("ShowUrl", "yes")]
    [InlineData("ApiKey", "hush")]
    public void A_webhook_needs_an_address_and_settings_that_work(string setting, string? value) => HasFault(Least, setting, value);

    [Theory]
    [InlineData("OAuth:TokenUrl", null)]
    [InlineData("OAuth:TokenUrl", "http://login.example.com/token")]
    [InlineData("OAuth:TokenUrl", "https://login.example.com/{{OfferTitle}}")]
    [InlineData("OAuth:ClientId", null)]
    [InlineData("OAuth:ClientSecret", null)]
    [InlineData("OAuth:ClientAuth", "hush")]
    [InlineData("OAuth:Audience", "hush")]
    [InlineData("Headers:Authorization", "hush")]
    public void OAuth_needs_its_endpoint_and_its_client(string setting, string? value) => HasFault(OAuth, setting, value);

    [Theory]
    [InlineData("Bearer", "Token")]
    [InlineData("Basic", "UserName")]
    public void A_sign_in_needs_what_it_signs_in_with(string auth, string key) =>
        Assert.Equal([$"Destinations:d:{key}"], Given.FaultsAtStart([.. Least, ("Destinations:d:Auth", auth)]).Keys());

    [Fact]
    public void A_request_has_one_body_and_not_every_request_has_one()
    {
        Assert.Equal(
            ["Destinations:d:Form"],
            Given.FaultsAtStart([.. Least, ("Destinations:d:Json:a", "x"), ("Destinations:d:Form:a", "x")]).Keys());
        Assert.Equal(
            ["Destinations:d:Text"],
            Given.FaultsAtStart([.. Least, ("Destinations:d:Method", "Get"), ("Destinations:d:Text", "x")]).Keys());
    }

    [Theory]
    [InlineData("http://127.0.0.1:5678/x", true)]
    [InlineData("http://n8n:5678/x", true)]
    [InlineData("https://[::1]/x", true)]
    [InlineData("http://8.8.8.8/x", false)]
    public void Private_addresses_may_be_allowed_and_then_need_no_https(string url, bool good) =>
        Assert.Equal(
            good,
            Given.FaultsAtStart([.. Least, ("Destinations:d:Url", url), ("Destinations:d:AllowPrivateAddresses", "true")]).Count == 0);

    [Fact]
    public void Everything_that_is_documented_is_known() =>
        Assert.Empty(
            Given.FaultsAtStart([
                .. OAuth,
                ("Destinations:d:Method", "Put"),
                (
                    "Destinations:d:Url",
                    "https://hooks.example.com:8443/a/{{#if Lead.Event}}{{Lead.Event}}{{else}}none{{/if}}?b={{OfferTitle}}"),
                ("Destinations:d:Headers:X-A", "{{Lead.Id}}"),
                ("Destinations:d:Json:a:0", "{{text 1}}"),
                ("Destinations:d:Secrets:s", "hush"),
                ("Destinations:d:SuccessCodes", "200, 201-204"),
                ("Destinations:d:RetryCodes", "409"),
                ("Destinations:d:SigningKeys:0", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                ("Destinations:d:IdempotencyHeader", "Idempotency-Key"),
                ("Destinations:d:Keep:0", "id"),
                ("Destinations:d:ShowUrl", "true"),
                ("Destinations:d:OAuth:Scope", "a b"),
                ("Destinations:d:OAuth:ClientAuth", "Form"),
                ("Destinations:d:OAuth:Form:grant_type", "account_credentials"),
                ("Destinations:d:Token", "t"),
            ]));

    [Theory]
    [InlineData("nowhere", "names no destination; there are d, mail")]
    [InlineData("mail", "the destination itself")]
    public void What_it_waits_for_must_be_there_and_another(string after, string message)
    {
        var fault = Assert.Single(Given.FaultsAtStart([.. Least, .. Mail, ("Destinations:mail:After", after)]));

        Assert.Equal("Destinations:mail:After", fault.Key);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_circle_waits_for_itself()
    {
        (string, string?)[] more =
        [
            ("Destinations:x:Kind", "File"),
            ("Destinations:x:After", "mail"),
            ("Destinations:y:Kind", "File"),
            ("Destinations:y:After", "x"),
        ];

        Assert.Empty(Given.FaultsAtStart([.. Least, .. Mail, .. more, ("Destinations:mail:After", "D")]));
        Assert.Equal(
            ["Destinations:mail:After", "Destinations:x:After"],
            Given.FaultsAtStart([.. Least, .. Mail, .. more, ("Destinations:mail:After", "x")]).Keys());
    }

    private static (string Key, string? Value)[] Mail => [("Destinations:mail:Kind", "MailDrop")];

    private static void HasFault((string Key, string? Value)[] good, string setting, string? value)
    {
        Assert.Empty(Given.FaultsAtStart(good));
        var fault = Assert.Single(Given.FaultsAtStart([.. good, ($"Destinations:d:{setting}", value)]));
        Assert.Equal($"Destinations:d:{setting}", fault.Key);
        Assert.DoesNotContain("hush", fault.Message, StringComparison.Ordinal);
    }
}
