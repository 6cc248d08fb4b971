using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

/// <summary>
/// What the program says without templates is what templates say: those in docs/templates.md, from which publishers begin, and for what is added to
/// a description, which is no setting, those that stood in the program before.
/// </summary>
public sealed class DefaultTextsTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "templates.md")).ReplaceLineEndings("\n");

    private static readonly (Func<LeadTemplateModel, string> Default, LeadTemplate Documented)[] Texts =
    [
        (DefaultTexts.MailSubject, LeadTemplate.Text(Block("Subject"))),
        (DefaultTexts.MailText, LeadTemplate.Text(Block("Text"))),
        (DefaultTexts.MailHtml, LeadTemplate.Html(Block("Html"))),
        (DefaultTexts.RowSubject, LeadTemplate.Text("{{#if Appointment}}" + Cell("`subject` of an appointment") + "{{else}}" + Cell("`subject`") + "{{/if}}")),
        (DefaultTexts.RowLastName, LeadTemplate.Text(Cell("`lastname`"))),
        (DefaultTexts.RowFacts, LeadTemplate.Text(
            "{{#each Appointment.Lines}}{{Name}}: {{Value}}\n{{/each}}{{#if LeadSource}}Lead source: {{LeadSource}}\n{{/if}}"
            + "{{#if Lead.Action}}Action code: {{Lead.Action}}\n{{/if}}{{#if Lead.OfferId}}Offer: {{Lead.OfferId}}\n{{/if}}")),
        (lead => DefaultTexts.Lines(lead.Unknown), LeadTemplate.Text("{{#each Lead.Unknown}}{{Name}}: {{Value}}\n{{/each}}")),
        Column("firstname", "{{UserDetails.FirstName}}"),
        Column("emailaddress1", "{{UserDetails.Email}}"),
        Column("telephone1", "{{UserDetails.Phone}}"),
        Column("companyname", "{{UserDetails.Company}}"),
        Column("jobtitle", "{{UserDetails.Title}}"),
        Column("address1_country", "{{UserDetails.Country}}"),
        Column("description", "{{Description}}"),
        Column("leadsourcecode", "8"),
        Column("donotemail", "{{#if Lead.DoNotContact}}true{{/if}}"),
        Column("donotphone", "{{#if Lead.DoNotContact}}true{{/if}}"),
        Column("donotbulkemail", "{{#if Lead.DoNotContact}}true{{/if}}"),
    ];

    [Fact]
    public void Whatever_texts_a_lead_has_it_is_what_the_documented_template_gives() =>
        FreeText.HoldsForLeads(properties => AssertSame(Posted.Lead(properties)));

    [Fact]
    public void Whatever_texts_an_appointment_has_it_is_what_the_documented_template_gives() => FreeText.HoldsForLeads(properties =>
    {
        var lead = Posted.Lead(properties.Append(("ServiceName", properties.FirstOrDefault().Value)).Append(("StartTime", "2026-12-01T09:30:00Z")));
        AssertSame(new Lead(lead.Id, Sources.Bookings, "updated", Posted.At, lead.Content));
    });

    [Theory]
    [MemberData(nameof(Samples.Leads), MemberType = typeof(Samples))]
    public void So_it_is_with_each_sample(string sample) => AssertSame(Posted.Lead(Samples.Read(sample)));

    [Fact]
    public void What_is_not_there_is_left_out()
    {
        var model = new LeadTemplateModel(Posted.Lead("{}"));

        Assert.Equal(
            ("New lead: (no offer)", "Marketplace lead", "(unknown)", ""),
            (DefaultTexts.MailSubject(model), DefaultTexts.RowSubject(model), DefaultTexts.RowLastName(model), DefaultTexts.RowFacts(model)));
    }

    [Fact]
    public void What_is_no_text_is_shown_too()
    {
        var lead = Posted.Lead("""{"OfferTitle":["A","B"],"Description":{"wish":"a call"},"LeadSource":7,"UserDetails":{"LastName":"One","Phone":[true,12]}}""");
        var row = CrmRow.Of(lead);

        Assert.Equal(("A, B", "true, 12", "wish: a call\n\nLead source: 7"), (row.Text("subject"), row.Text("telephone1"), row.Text("description")));
        Assert.Equal("New lead: A, B - 7", DefaultTexts.MailSubject(new LeadTemplateModel(lead)));
    }

    [Fact]
    public void The_documented_html_is_a_setting_that_is_taken() => Assert.Null(HarmlessLinks.Unquoted(Block("Html")));

    private static void AssertSame(Lead lead)
    {
        var model = new LeadTemplateModel(lead);
        foreach (var (text, documented) in Texts)
        {
            Assert.Equal(documented.Render(model), text(model));
        }
    }

    private static (Func<LeadTemplateModel, string> Default, LeadTemplate Documented) Column(string name, string template) =>
        (RowColumns.Of(CrmRow.Options()).Single(column => column.Column.Name == name).Template.Render, LeadTemplate.Text(template));

    private static string Block(string name) => Between($"`{name}`:\n\n```handlebars\n", "\n```");

    private static string Cell(string column) => Between($"| {column} | `", "` |");

    private static string Between(string before, string after)
    {
        var begin = Document.IndexOf(before, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"docs/templates.md has no {before}");
        return Document[(begin + before.Length)..Document.IndexOf(after, begin + before.Length, StringComparison.Ordinal)];
    }
}
