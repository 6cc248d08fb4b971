using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Appointments;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>
/// Every value of a body is in the row (a column or the description) and in the mail, or they say that something was left out.
/// </summary>
public sealed class NothingDroppedTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(400);

    private static readonly string[] AppointmentNames =
    [
        "Id", "SelfServiceAppointmentId", "ServiceId", "ServiceName", "ServiceNotes", "StartTime", "EndTime", "Duration", "CustomerId", "CustomerName", "CustomerEmail", "CustomerPhone", "CustomerNotes",
        "CustomerTimeZone", "AdditionalInfo", "CancelReason", "JoinWebURL", "TrackingData", "LastUpdatedDateTime", "FromOtherEvents", "Appointment", "Lead", "Deliveries", "Duration.x", "UserDetails.Email", "Unknown",
    ];

    private static readonly Gen<string> Word = Gen.Choose(1000, 999_999).SelectMany(number => Gen.Elements("w", "Zoë ", "<b>", "\"q\" ", "日本").Select(text => $"{text}{number.ToString(CultureInfo.InvariantCulture)}"));

    private static readonly Gen<JsonNode> Scalar = Gen.Frequency(
        (4, Word.Select(word => (JsonNode)JsonValue.Create(word))), (1, Gen.Choose(1000, 999_999).Select(number => (JsonNode)JsonValue.Create(number))), (1, Gen.Constant(0).Select(_ => (JsonNode)JsonValue.Create(true))));

    private static readonly Gen<JsonNode> Value = Gen.Frequency(
        (4, Scalar),
        (1, Scalar.ListOf(2).Select(items => (JsonNode)new JsonArray([.. items]))),
        (1, Scalar.Two().Select(two => (JsonNode)new JsonObject { ["inner"] = two.Item1, ["a.b"] = two.Item2 })),
        (1, Scalar.Select(one => (JsonNode)new JsonArray(new JsonObject { ["deep"] = one }))));

    [Fact]
    public void Of_a_lead() => Check.One(Many, Prop.ForAll(JsonBodies.Any, body =>
    {
        var schema = LeadSchema.Documented();
        var normalised = LeadNormaliser.Normalise(JsonElement.Parse(body.ToString()), schema.Outline);
        if (normalised is { IsEmpty: false, SurelyValid: true })
        {
            Holds(JsonElement.Parse(body.ToString()), new Lead(LeadId.New(Posted.At), Sources.Marketplace, null, Posted.At, new LeadContent(normalised.Json)));
        }
    }));

    [Fact]
    public void Of_an_appointment_of_one()
    {
        var bodies =
            from names in Gen.SubListOf(AppointmentNames)
            from words in Word.ListOf(names.Count)
            from unknown in Value.ListOf(3)
            from answers in Scalar.Two().ListOf(3)
            from options in Word.ListOf(2)
            from staff in Word.ListOf(3)
            select Body(names, words, unknown, answers, options, staff);

        Check.One(Many, Prop.ForAll(bodies.ToArbitrary(), body =>
        {
            var normalised = LeadNormaliser.Normalise(JsonElement.Parse(body), LeadSchema.Appointments().Outline);
            var content = Assert.Single(AppointmentSplit.ByCustomer(normalised.Json)).Content;
            Holds(JsonElement.Parse(body), new Lead(LeadId.New(Posted.At), Sources.Bookings, "created", Posted.At, content));
        }));
    }

    [Theory]
    [InlineData("""{"Id":"AP-12","CustomQuestionAnswers":[{"Question":"How many users?","Answer":250},{"Question":"Topics","Answer":["Pricing","Security"]},{"Question":"NDA signed?","Answer":true},{"Question":"Region","Answer":null,"SelectedOptions":["EMEA"]}]}""", "How many users?: 250|Topics: Pricing, Security|NDA signed?: true|Region: EMEA")]
    [InlineData("""{"CustomQuestionAnswers":[{"Question":"Q","Answer":{"Plan":"Gold","Seats":3}},{"Question":"Other","Answer":"Other","SelectedOptions":["a","b"]},{"question":"Open","answer":""},"loose",7]}""", "Q: Plan: Gold; Seats: 3|Other: Other (a, b)|Open: (no answer)|Answer: loose|Answer: 7")]
    [InlineData("""{"CustomQuestionAnswers":[{"Question":"Q","Answer":"a","QuestionId":"q-1","IsRequired":true}]}""", "Q: a|CustomQuestionAnswers[0].QuestionId: q-1|CustomQuestionAnswers[0].IsRequired: true")]
    [InlineData("""{"Duration":"half an hour","CustomerTimeZone":"Moon Standard Time","StartTime":"2027-01-10T09:00:00Z"}""", "Duration: half an hour|CustomerTimeZone: Moon Standard Time|Start: 2027-01-10 09:00 (UTC)")]
    [InlineData("""{"Duration":"45","CustomerTimeZone":"Europe/Berlin","StartTime":"soon"}""", "Duration (minutes): 45|CustomerTimeZone: Europe/Berlin|Start: soon")]
    [InlineData("""{"StartTime":"2027-01-10T09:00:00Z","EndTime":"late","Duration":"PT90S"}""", "Duration (minutes): 1.5|EndTime: late")]
    [InlineData("""{"StartTime":"2027-01-10T09:00:00Z","EndTime":"2027-01-10T10:00:00Z","Duration":"an hour"}""", "Duration (minutes): 60|Duration: an hour")]
    [InlineData("""{"CustomerName":"Kim Lee, PhD","CustomerEmail":"kim@example.com"}""", "CustomerName: Kim Lee, PhD")]
    [InlineData("""{"CustomerEmail":"kim@example.com","CustomerPhone":"1","UserDetails":{"Email":"lee@example.com","Phone":"2"}}""", "CustomerEmail: kim@example.com|CustomerPhone: 1")]
    [InlineData("""{"Id":"1","StaffMembers":[{"Id":"s-1","DisplayName":"Megan Bowen","EmailAddress":"megan@contoso.example"},"x"]}""", "Staff: Megan Bowen|StaffMembers[0].Id: s-1|StaffMembers[0].EmailAddress: megan@contoso.example")]
    [InlineData("""{"Id":"1","FromOtherEvents":"mine","x":"A","x":"a","Appointment":"next Tuesday"}""", "FromOtherEvents: mine|x: a|x (repeated): A|Appointment: next Tuesday")]
    [InlineData("""{"Id":"1","Customers":[{"Id":"c","Name":"Kim Lee","Email":"kim@example.com"},{"Id":"c","Email":"lee@example.com","Phone":"1"}]}""", "CustomerEmail (repeated): lee@example.com")]
    public void A_row_of_an_appointment_says(string body, string lines)
    {
        var normalised = LeadNormaliser.Normalise(JsonElement.Parse(body), LeadSchema.Appointments().Outline);
        var content = Assert.Single(AppointmentSplit.ByCustomer(normalised.Json)).Content;

        var description = CrmRow.Of(new Lead(default, Sources.Bookings, "created", Posted.At, content)).Text("description")!.Split('\n');

        Assert.All(lines.Split('|'), line => Assert.Contains(line, description));
    }

    [Fact]
    public void What_the_top_said_of_somebody_else_is_said_to_be_left_out()
    {
        var normalised = LeadNormaliser.Normalise(
            JsonElement.Parse("""{"Id":"1","CustomerName":"Org","CustomerPhone":"1","Customers":[{"Name":"Ana","Email":"ana@contoso.example"},{"Name":"Bo","Email":"bo@contoso.example"}]}"""), LeadSchema.Appointments().Outline);

        Assert.All(AppointmentSplit.ByCustomer(normalised.Json), customer =>
            Assert.StartsWith("CustomerName, CustomerPhone:", customer.Content.Text("LeftOut"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Appointment", "next Tuesday, 10 am")]
    [InlineData("Lead", "x-1")]
    [InlineData("Deliveries", "x-1")]
    [InlineData("Secrets", "x-1")]
    [InlineData("FromOtherEvents", "x-1")]
    [InlineData("Fields", "x-1")]
    public async Task A_property_with_a_name_of_the_programs_own_is_one_as_any_other(string name, string value)
    {
        await using var app = await LeadApp.StartAsync();
        var body = $$"""{"UserDetails":{"LastName":"Lee","Email":"kim@example.com"},"OfferTitle":"Contoso Analytics","LeadSource":"AzureMarketplace","ActionCode":"PLT","{{name}}":"{{value}}"}""";

        var id = (await app.AcceptAsync(body)).LeadId;

        var lead = (await app.Store.FindRunAsync(new LeadId(id)))!.Lead;
        var row = CrmRow.Of(lead);
        Assert.Equal(("Contoso Analytics (PLT)", "Lee"), (row.Text("subject"), row.Text("lastname")));
        Assert.Contains($"{name}: {value}", row.Text("description"), StringComparison.Ordinal);
        var mail = Written.Mail(lead);
        Assert.StartsWith("New lead: Contoso Analytics", mail.Subject, StringComparison.Ordinal);
        Assert.Contains($"{name}: {value}", mail.Text, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}") { Headers = { { "Accept", "text/html" } } };
        using var page = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(value, await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Body(IEnumerable<string> names, IEnumerable<string> words, IEnumerable<JsonNode> unknown, IEnumerable<(JsonNode, JsonNode)> answers, IReadOnlyList<string> options, IReadOnlyList<string> staff)
    {
        var body = new JsonObject();
        foreach (var (name, word) in names.Zip(words))
        {
            body[name] = word;
        }

        foreach (var (value, index) in unknown.Select((value, index) => (value, index)))
        {
            body[$"Extra{index}"] = value.DeepClone();
        }

        body["CustomQuestionAnswers"] = new JsonArray(
        [
            .. answers.Select(answer => new JsonObject { ["Question"] = answer.Item1.DeepClone(), ["Answer"] = answer.Item2.DeepClone(), ["Odd"] = answer.Item1.DeepClone() }),
            new JsonObject { ["Question"] = "Which", ["SelectedOptions"] = new JsonArray([.. options.Select(option => JsonValue.Create(option))]) },
        ]);
        body["StaffMembers"] = new JsonArray(new JsonObject { ["DisplayName"] = staff[0], ["EmailAddress"] = staff[1], ["Role"] = staff[2] });
        return body.ToJsonString();
    }

    private static void Holds(JsonElement body, Lead lead)
    {
        var row = Readable(string.Join('\n', CrmRow.Of(lead).Select(column => column.Value!.ToString())));
        var mail = Readable(Written.Mail(lead).Text);
        foreach (var value in Leaves(body).Select(Readable).Where(value => value.Length > 0))
        {
            Assert.True(row.Contains(value, StringComparison.Ordinal) || row.Contains("[cut here", StringComparison.Ordinal) || row.Contains("are not shown here", StringComparison.Ordinal), $"{value} is not in the row:\n{row}");
            Assert.True(mail.Contains(value, StringComparison.Ordinal) || mail.Contains("[cut here", StringComparison.Ordinal) || mail.Contains("are not shown here", StringComparison.Ordinal), $"{value} is not in the mail:\n{mail}");
        }
    }

    private static IEnumerable<string> Leaves(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Leaves(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.Null => [],
        JsonValueKind.String => [value.GetString()!],
        _ => [value.GetRawText()],
    };

    /// <summary>Columns and mails hold no control characters, and a line has one space where there were several.</summary>
    private static string Readable(string text) =>
        string.Join(' ', PlainText.OneLine(text.Replace("\uFFFD", "", StringComparison.Ordinal)).Replace("\uFFFD", "", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
