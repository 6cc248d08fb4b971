using BenchmarkDotNet.Attributes;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Settings;
using Microsoft.Extensions.Configuration;

namespace LeadFunctions.Benchmarks.Micro;

/// <summary>What a delivery costs before it is sent.</summary>
[MemoryDiagnoser]
public class RenderingBenchmarks
{
    // A publisher's own, as docs/templates.md has it: the rows and mails below have none.
    private readonly LeadTemplate _column = LeadTemplate.Text(
        "{{coalesce OfferTitle Lead.OfferId LeadSource \"Marketplace lead\"}}{{#if Lead.Action}} ({{Lead.Action}}){{/if}}");
    private readonly LeadTemplate _html = LeadTemplate.Html(
        "<table>{{#each Lead.Fields}}<tr><th>{{Name}}</th><td>{{Value}}</td></tr>{{/each}}</table>");
    private readonly RowWriter _rows = new(RowOptions.Read(NoSettings(), "Destinations:crm"));
    private readonly MailWriter _mails = new(MailOptions.Read(NoSettings(), "Destinations:mail", "leads@contoso.example"));
    private Lead _lead = SampleLead.Lead(SampleLead.Documented);
    private LeadTemplateModel _model = LeadTemplateModel.Sample;

    [Params(SampleLead.Documented, SampleLead.Long)]
    public string Lead { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _lead = SampleLead.Lead(Lead);
        _model = new LeadTemplateModel(_lead);
    }

    [Benchmark(Description = "the templates' model")]
    public object Model() => new LeadTemplateModel(_lead);

    [Benchmark(Description = "render a column")]
    public string Column() => _column.Render(_model);

    [Benchmark(Description = "render a mail's HTML")]
    public string Html() => _html.Render(_model);

    [Benchmark(Description = "the whole CRM row")]
    public object Row() => _rows.Write(_lead);

    [Benchmark(Description = "the whole mail")]
    public object Mail() => _mails.Write(_lead);

    private static SettingsReader NoSettings() => new(new ConfigurationBuilder().Build());
}
