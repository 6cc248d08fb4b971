using LeadFunctions.Settings;

namespace LeadFunctions.Tests.Settings;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("Intake:Keys:0", "a")]
    [InlineData("Runs:Keys:anna", "a")]
    [InlineData("Destinations:mail:ApiKey", "a")]
    [InlineData("Destinations:hook:Token", "a")]
    [InlineData("Destinations:hook:Secrets:list", "a")]
    [InlineData("Destinations:hook:SigningKeys:0", "a")]
    [InlineData("Destinations:hook:Headers:X-Anything", "a")]
    [InlineData("Destinations:hook:OAuth:ClientSecret", "a")]
    [InlineData("Destinations:hook:OAuth:Form:assertion", "a")]
    [InlineData("Store:ConnectionString", "a")]
    [InlineData("AzureWebJobsStorage", "a")]
    [InlineData("Kestrel:Certificates:Default:Password", "a")]
    [InlineData("Store:Path", "Endpoint=x;AccountKey=a")]
    [InlineData("Destinations:hook:UserName", "a")]
    [InlineData("destinations:hook:username", "a")]
    [InlineData("Destinations:hook:Form:auth", "a")]
    [InlineData("Destinations:hook:Form:text", "{{OfferTitle}} a")]
    [InlineData("Destinations:hook:Form:text", "{{coalesce \"a\" OfferTitle}}")]
    [InlineData("Destinations:hook:Form:text", "{{#if OfferTitle}}a{{/if}}")]
    [InlineData("Destinations:hook:Json", "{\"auth\":\"a\"}")]
    [InlineData("Destinations:hook:Json:auth:0:a", "a")]
    [InlineData("Destinations:hook:Text", "a")]
    [InlineData("Destinations:hook:Url", "htp://a")]
    [InlineData("Destinations:hook:Url", "//user:a@hooks.example.com/a")]
    [InlineData("Destinations:hook:OAuth:TokenUrl", "a")]
    public void Secrets_are_masked(string key, string value) => Assert.Equal(SecretMask.Mask, SecretMask.Apply(key, value));

    [Theory]
    [InlineData("https://hooks.example.com/T0/secret", "https://hooks.example.com/********")]
    [InlineData("https://hooks.example.com?code=secret", "https://hooks.example.com/********")]
    [InlineData("https://user:secret@hooks.example.com", "https://hooks.example.com")]
    [InlineData("https://hooks.example.com/{{#if a}} {{Secrets.b}}", "https://hooks.example.com/********")]
    [InlineData("https://contoso.crm.dynamics.com/", "https://contoso.crm.dynamics.com")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    public void Of_an_address_the_host_is_shown(string value, string shown)
    {
        Assert.Equal(shown, SecretMask.Apply("Destinations:hook:Url", value));
        Assert.Equal(shown, SecretMask.Apply("Destinations:hook:OAuth:TokenUrl", value));
    }

    [Theory]
    [InlineData("Destinations:keynote:Kind", "Webhook")]
    [InlineData("Destinations:mail:To:0", "sales@contoso.com")]
    [InlineData("Store:Path", "/var/lib/leads.db")]
    [InlineData("Destinations:hook:Form:email", "{{UserDetails.Email}}")]
    [InlineData("Destinations:hook:Json:name", "{{UserDetails.FirstName}} {{UserDetails.LastName}}")]
    [InlineData("Destinations:form:Kind", "Webhook")]
    [InlineData("urls", "http://localhost:7071;https://*:443")]
    public void Everything_else_is_shown(string key, string value) => Assert.Equal(value, SecretMask.Apply(key, value));
}
