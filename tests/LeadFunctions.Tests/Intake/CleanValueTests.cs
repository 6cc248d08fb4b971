using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Intake;

/// <summary>A value is cleaned at intake, and then the same wherever it goes; the person is found by it.</summary>
public sealed class CleanValueTests
{
    private const string Key = "SG.a-key-that-may-send";

    [Theory]
    [InlineData("kim@example.com\u200b", "US ")]
    [InlineData(" kim@example.com ", "\u00a0US")]
    [InlineData("Kim Lee <kim@example.com>", "US\u200b")]
    [InlineData("mailto:kim@example.com?subject=Hi", "US")]
    [InlineData("\"kim@example.com\",", "us\t")]
    public async Task One_clean_address_goes_everywhere_and_nothing_is_left_after_an_erasure(string email, string country)
    {
        await using var scene = await Scene.StartAsync();
        var body = JsonSerializer.Serialize(new { UserDetails = new { FirstName = "Kim ", LastName = "\u00a0Lee", Email = email, Phone = "555-0101\u202c", Country = country }, OfferTitle = " Offer " });

        var lead = (await scene.App.AcceptAsync(body)).LeadId;
        await scene.App.WaitForStatusAsync(lead, "delivered");

        var row = Assert.Single(scene.Crm.Rows.Values);
        Assert.Equal(("kim@example.com", "Kim", "Lee", "555-0101"), (row["emailaddress1"]!.GetValue<string>(), row["firstname"]!.GetValue<string>(), row["lastname"]!.GetValue<string>(), row["telephone1"]!.GetValue<string>()));
        var mail = scene.Mail.Mails.Single(mail => mail.To[0] == "sales@fabrikam.example");
        Assert.Equal("kim@example.com", mail.ReplyTo);
        Assert.Contains("Email: kim@example.com\n", mail.Text!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(["kim@example.com"], scene.Mail.Mails.Single(mail => mail.To[0] != "sales@fabrikam.example").To);
        Assert.Equal("kim@example.com", scene.Called("whole").Json["data"]!["lead"]!["UserDetails"]!["Email"]!.GetValue<string>());
        Assert.Equal("""{"to":"kim@example.com"}""", scene.Called("json").Body);
        Assert.Equal("offer=Offer&to=kim%40example.com", scene.Called("form").Body);
        Assert.Equal("/url/kim%40example.com", scene.Called("url").Path);
        Assert.Equal("kim@example.com", (await scene.App.RunAsync(lead)).GetProperty("lead").GetProperty("UserDetails").GetProperty("Email").GetString());

        Assert.Equal(1, (await scene.App.Store.EraseAsync(" <KIM@example.com>", countOnly: false, "test", DateTimeOffset.UtcNow)).Leads);

        var left = (await scene.App.RunAsync(lead)).ToString();
        Assert.DoesNotContain("kim", left, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("555-0101", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_lead_with_and_without_space_around_its_values_is_a_repeat()
    {
        await using var app = await LeadApp.StartAsync();
        await app.AcceptAsync("""{"UserDetails":{"Email":"kim@example.com","Country":"US"}}""");

        Assert.True((await app.AcceptAsync("""{"UserDetails.Email":" mailto:kim@example.com","UserDetails":{"Country":"US\u00a0"}}""")).Duplicate);
    }

    [Theory]
    [InlineData("علی", "می‌خواهم", "نرم‌افزار")]
    [InlineData("Zoë 👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "Auf‌lage")]
    public async Task Letters_are_not_cleaned_away(string first, string last, string company)
    {
        await using var scene = await Scene.StartAsync();

        var lead = (await scene.App.AcceptAsync(JsonSerializer.Serialize(new { UserDetails = new { FirstName = first, LastName = last, Company = company, Email = "ali@example.com", Country = "US" }, OfferTitle = company }))).LeadId;
        await scene.App.WaitForStatusAsync(lead, "delivered");

        var row = Assert.Single(scene.Crm.Rows.Values);
        Assert.Equal((first, last, company, company), (row["firstname"]!.GetValue<string>(), row["lastname"]!.GetValue<string>(), row["companyname"]!.GetValue<string>(), row["subject"]!.GetValue<string>()));
        Assert.Equal($"{first} {last}", scene.Mail.Mails.Single(mail => mail.To[0] == "sales@fabrikam.example").ReplyToName);
    }

    [Fact]
    public async Task A_customers_address_is_cleaned_in_every_shape_of_an_appointment()
    {
        await using var app = await LeadApp.StartAsync();
        string[] bodies =
        [
            """{"Id":"1","CustomerName":" Kim Lee ","CustomerEmail":"Kim Lee <kim@example.com>"}""",
            """{"Id":"2","MaxAttendeesCount":9,"Customers":[{"Name":"Kim Lee","Email":"mailto:kim@example.com"},{"Name":"Lee","Email":"lee@example.com\u200b"}]}""",
            """{"Id":"3","UserDetails.Email":"\u00a0kim@example.com","UserDetails":{"LastName":"Lee"}}""",
        ];

        foreach (var (body, index) in bodies.Select((body, index) => (body, index)))
        {
            using var response = await app.PostAsync(body, path: "/api/appointments/created");
            var lead = new LeadId(JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("leadId").GetGuid());
            Assert.Equal("kim@example.com", (await app.Store.FindRunAsync(lead))!.Lead.Content.Text("UserDetails", "Email"));
        }

        Assert.Equal(3, (await app.Store.EraseAsync("kim@example.com", countOnly: true, "test", DateTimeOffset.UtcNow)).Leads);
    }

    [Fact]
    public async Task A_refused_body_is_kept_to_the_letter_and_erased()
    {
        await using var app = await LeadApp.StartAsync();
        var refused = await ProblemAnswer.RefuseAsync(app, """{"UserDetails":{"Email":" k\u200bim@example.com\u200b "},"ActionCode":5}""");

        Assert.Equal(1, (await app.Store.EraseAsync("kim@example.com", countOnly: false, "test", DateTimeOffset.UtcNow)).Refused);

        Assert.Equal(0, (await app.Store.FindRefusedAsync(refused.RefusedId!.Value))!.Body.Length);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private Scene(FakeDataverse crm, FakeSendGrid mail, FakeHook hook, LeadApp app) => (Crm, Mail, Hook, App) = (crm, mail, hook, app);

        public FakeDataverse Crm { get; }

        public FakeSendGrid Mail { get; }

        public FakeHook Hook { get; }

        public LeadApp App { get; }

        public static async Task<Scene> StartAsync()
        {
            var (crm, mail, hook) = (await FakeDataverse.StartAsync(), await FakeSendGrid.StartAsync(Key), await FakeHook.StartAsync());
            return new Scene(crm, mail, hook, await LeadApp.StartAsync(
            [
                ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", crm.Url.ToString()), ("Destinations:crm:Auth", "None"), ("Destinations:crm:When:UserDetails.Country", "US"),
                .. SendGrid("mail", mail, "sales@fabrikam.example"), .. SendGrid("welcome", mail, "{{UserDetails.Email}}"),
                .. Webhook("whole", hook, "whole"), .. Webhook("json", hook, "json", ("Json:to", "{{UserDetails.Email}}")),
                .. Webhook("form", hook, "form", ("Form:to", "{{UserDetails.Email}}"), ("Form:offer", "{{OfferTitle}}")), .. Webhook("url", hook, "url/{{UserDetails.Email}}"),
            ]));
        }

        public RecordedRequest Called(string path) => Hook.Requests.Single(request => request.Path.StartsWith($"/{path}", StringComparison.Ordinal));

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            await Crm.DisposeAsync();
            await Mail.DisposeAsync();
            await Hook.DisposeAsync();
        }

        private static (string Key, string Value)[] SendGrid(string name, FakeSendGrid mail, string to) =>
        [
            ($"Destinations:{name}:Kind", "SendGrid"), ($"Destinations:{name}:Host", mail.Url.ToString()), ($"Destinations:{name}:ApiKey", Key),
            ($"Destinations:{name}:From", "leads@fabrikam.example"), ($"Destinations:{name}:To", to),
        ];

        private static (string Key, string Value)[] Webhook(string name, FakeHook hook, string path, params (string Key, string Value)[] more) =>
        [
            ($"Destinations:{name}:Kind", "Webhook"), ($"Destinations:{name}:Url", $"{hook.Url}{path}"), ($"Destinations:{name}:AllowPrivateAddresses", "true"),
            .. more.Select(setting => ($"Destinations:{name}:{setting.Key}", setting.Value)),
        ];
    }
}
