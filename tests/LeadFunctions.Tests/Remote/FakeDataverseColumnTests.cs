using System.Net;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

public sealed class FakeDataverseColumnTests : IAsyncLifetime
{
    private FakeDataverse _dataverse = null!;
    private DataverseCalls _calls = null!;

    public async ValueTask InitializeAsync()
    {
        _dataverse = await FakeDataverse.StartAsync();
        _calls = new DataverseCalls(_dataverse);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _dataverse.DisposeAsync();
    }

    [Fact]
    public async Task An_unknown_column_is_refused_with_the_real_wording()
    {
        var (status, code, message) = await _calls.CreateAsync("""{"subject":"Offer","Lastname":"Doe"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x80048d19"), (status, code));
        Assert.StartsWith("Error identified in Payload provided by the user for Entity :'leads'", message, StringComparison.Ordinal);
        Assert.Contains("Invalid property 'Lastname' was found in entity 'Microsoft.Dynamics.CRM.lead'. --->", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_lookup_is_refused_with_the_real_wording()
    {
        var (status, code, message) = await _calls.CreateAsync("""{"subject":"Offer","parentid@odata.bind":"accounts(1)"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x80048d19"), (status, code));
        Assert.Contains("An undeclared property 'parentid' which only has property annotations in the payload", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declared_column_is_held_to_its_length_and_options()
    {
        _dataverse.AddColumn("new_offer", "string", 5);
        _dataverse.AddColumn("new_tier", "choice", options: [1, 2]);

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync("""{"new_offer":"12345","new_tier":2}""")).Status);
        Assert.Equal("0x80044331", (await _calls.CreateAsync("""{"new_offer":"123456"}""")).Code);
        Assert.Equal("0x8004431A", (await _calls.CreateAsync("""{"new_tier":3}""")).Code);
    }

    [Fact]
    public async Task A_read_only_column_is_refused()
    {
        var (status, code, message) = await _calls.CreateAsync("""{"fullname":"Jane Doe"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x80048d19"), (status, code));
        Assert.Contains("'fullname'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject", "5", "Edm.String")]
    [InlineData("subject", "{}", "Edm.String")]
    [InlineData("leadsourcecode", "\"8\"", "Edm.Int32")]
    [InlineData("leadsourcecode", "8.5", "Edm.Int32")]
    [InlineData("numberofemployees", "3000000000", "Edm.Int32")]
    [InlineData("donotemail", "\"true\"", "Edm.Boolean")]
    [InlineData("donotemail", "1", "Edm.Boolean")]
    [InlineData("exchangerate", "\"1.5\"", "Edm.Decimal")]
    [InlineData("revenue", "\"1.5\"", "Edm.Decimal")]
    [InlineData("address1_latitude", "\"1.5\"", "Edm.Double")]
    [InlineData("lastonholdtime", "\"tomorrow\"", "Edm.DateTimeOffset")]
    [InlineData("lastonholdtime", "\"2026-01-02T03:04:05\"", "Edm.DateTimeOffset")]
    [InlineData("estimatedclosedate", "\"tomorrow\"", "Edm.Date")]
    [InlineData("estimatedclosedate", "\"2026-01-02T00:00:00Z\"", "Edm.Date")]
    [InlineData("leadid", "\"lead-1\"", "Edm.Guid")]
    [InlineData("leadid", "null", "Edm.Guid")]
    public async Task A_value_of_the_wrong_type_is_refused(string column, string json, string type)
    {
        var (status, code, message) = await _calls.CreateAsync($$"""{"{{column}}":{{json}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x80048d19"), (status, code));
        Assert.Contains($"to the expected type '{type}'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject", "\"5\"")]
    [InlineData("subject", "null")]
    [InlineData("leadsourcecode", "8")]
    [InlineData("numberofemployees", "300")]
    [InlineData("donotemail", "false")]
    [InlineData("exchangerate", "1.5")]
    [InlineData("revenue", "1500")]
    [InlineData("address1_latitude", "47.37")]
    [InlineData("estimatedclosedate", "\"2026-01-02\"")]
    [InlineData("lastonholdtime", "\"2026-01-02T03:04:05Z\"")]
    [InlineData("lastonholdtime", "\"2026-01-02T03:04:05.123+01:00\"")]
    [InlineData("campaignid@odata.bind", "\"/campaigns(00000000-0000-0000-0000-0000000000aa)\"")]
    [InlineData("leadid", "\"0190d4e2-7b1e-7c7e-9f5a-3d2b1c0a9e8f\"")]
    public async Task A_value_of_the_right_type_passes(string column, string json) =>
        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync($$"""{"{{column}}":{{json}}}""")).Status);

    [Fact]
    public async Task A_text_too_long_is_refused_with_the_real_wording()
    {
        var (status, code, message) = await _calls.CreateAsync(new JsonObject { ["firstname"] = new string('x', 51) }.ToJsonString());

        Assert.Equal((HttpStatusCode.BadRequest, "0x80044331"), (status, code));
        Assert.Equal("A validation error occurred.  The length of the 'firstname' attribute of the 'lead' entity exceeded the maximum allowed length of '50'.", message);
    }

    [Fact]
    public async Task A_text_may_have_exactly_the_greatest_length_counted_in_UTF_16_code_units()
    {
        var smileys = string.Concat(Enumerable.Repeat("😀", 25));

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync(new JsonObject { ["firstname"] = smileys }.ToJsonString())).Status);
        Assert.Equal("0x80044331", (await _calls.CreateAsync(new JsonObject { ["firstname"] = smileys + "x" }.ToJsonString())).Code);
    }

    [Fact]
    public async Task A_changed_length_counts()
    {
        _dataverse.SetMaxLength("firstname", 3);

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync("""{"firstname":"abc"}""")).Status);
        Assert.Equal("0x80044331", (await _calls.CreateAsync("""{"firstname":"abcd"}""")).Code);
    }

    [Fact]
    public async Task A_choice_outside_its_options_is_refused_with_the_real_wording()
    {
        var (status, code, message) = await _calls.CreateAsync("""{"leadsourcecode":11}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x8004431A"), (status, code));
        Assert.Equal(
            "A validation error occurred. The value 11 of 'leadsourcecode' on record of type 'lead' is outside the valid range. Accepted Values: 1,2,3,4,5,6,7,8,9,10",
            message);
    }

    [Theory]
    [InlineData(@"\u0000", "0x00")]
    [InlineData(@"\u000b", "0x0B")]
    [InlineData(@"\u001b", "0x1B")]
    [InlineData(@"\uffff", "0xFFFF")]
    [InlineData(@"\ud83d", "0xD800")]
    public async Task A_character_that_XML_cannot_hold_is_refused(string escape, string hexadecimal)
    {
        var (status, code, message) = await _calls.CreateAsync($$"""{"description":"a{{escape}}b"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "0x80040278"), (status, code));
        Assert.Contains("Invalid character in field 'description'", message, StringComparison.Ordinal);
        Assert.Contains($"hexadecimal value {hexadecimal}, is an invalid character.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tabs_line_breaks_and_surrogate_pairs_pass() =>
        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync("""{"description":"a\tb\r\nc \ud83d\ude00 ü"}""")).Status);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"subject":"a","subject":"b"}""")]
    public async Task What_is_no_JSON_object_is_refused(string body) => Assert.Equal(HttpStatusCode.BadRequest, (await _calls.CreateAsync(body)).Status);

    [Fact]
    public async Task Missing_and_blank_required_columns_pass_and_are_remembered()
    {
        var id = Guid.NewGuid();

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync($$"""{"leadid":"{{id}}","subject":" "}""")).Status);

        Assert.Equal([(id, "lastname"), (id, "subject")], _dataverse.MissingRequired);
    }
}
