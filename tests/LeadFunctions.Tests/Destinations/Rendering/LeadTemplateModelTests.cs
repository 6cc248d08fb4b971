using System.Text;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class LeadTemplateModelTests
{
    [Fact]
    public void Many_members_under_a_very_long_name_do_not_repeat_it_and_what_is_left_out_is_said()
    {
        var members = string.Join(',', Enumerable.Range(0, 13_000).Select(number => $"\"{number}\":1"));
        var content = new LeadContent(Encoding.UTF8.GetBytes("{\"" + new string('n', 140_000) + "\":{" + members + "}}"));

        var model = new LeadTemplateModel(new Lead(default, Sources.Marketplace, null, DateTimeOffset.UnixEpoch, content));

        var text = LeadTemplate.Text("{{#each Lead.Fields}}{{Name}}: {{Value}}\n{{/each}}").Render(model);
        Assert.InRange(text.Length, 10_000, 70_000);
        Assert.Contains("nn….0: 1\n", text, StringComparison.Ordinal);
        Assert.Contains("Left out: 12,", text, StringComparison.Ordinal);
    }
}
