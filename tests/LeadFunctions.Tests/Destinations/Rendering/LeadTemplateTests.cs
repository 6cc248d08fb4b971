using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class LeadTemplateTests
{
    [Fact]
    public void A_failed_load_of_Handlebars_is_no_fault_of_the_template_and_is_not_kept()
    {
        var loads = 0;
        var template = new LeadTemplate("{{OfferTitle}}", () => ++loads == 1
            ? throw new FileLoadException("Too many open files.")
            : _ => "rendered");

        Assert.Throws<FileLoadException>(() => template.Render(Model("offer")));
        Assert.Equal("rendered", template.Render(Model("offer")));
        Assert.Equal("rendered", template.Render(Model("offer")));
        Assert.Equal(2, loads);
    }

    [Fact]
    public void No_value_can_end_the_JSON_string_that_it_stands_in() => FreeText.Holds(text =>
    {
        var json = LeadTemplate.Json("""{"a":"{{OfferTitle}}","b":"{{coalesce Nothing OfferTitle}}","c":"{{cut OfferTitle 5}}"}""").Render(Model(text));

        using var document = JsonDocument.Parse(json);
        Assert.Equal(["a", "b", "c"], document.RootElement.EnumerateObject().Select(property => property.Name));
    });

    [Fact]
    public void No_value_can_leave_the_part_of_the_address_that_it_stands_in() => FreeText.Holds(text =>
    {
        var rendered = LeadTemplate.Url("/a/{{OfferTitle}}/b?c={{OfferTitle}}&d={{coalesce Nothing OfferTitle}}").Render(Model(text));

        Assert.True(Uri.TryCreate("https://example.com" + rendered, UriKind.Absolute, out var uri));
        Assert.Equal(("example.com", 3), (uri.Authority, rendered.Split('?')[0].Count(letter => letter == '/')));
        Assert.Equal(1, rendered.Count(letter => letter == '&'));
        Assert.DoesNotContain('#', rendered);
    });

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData(" \t\u0001javascript:alert(1)")]
    [InlineData("java\tscr\nipt:alert(1)")]
    [InlineData("javascript\u00a0:alert(1)")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("data:image/svg+xml,<svg/>")]
    public void A_link_that_would_run_something_leads_nowhere(string value)
    {
        foreach (var source in new[] { """<a href="{{OfferTitle}}">x</a>""", """<a class="b" HREF = '{{#if OfferTitle}}{{OfferTitle}}{{/if}}'>x</a>""", """<img src="{{coalesce Nothing OfferTitle}}">""" })
        {
            var html = LeadTemplate.Html(source).Render(Model(value));

            Assert.Contains("\"#\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain("alert", html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://contoso.com/a?b=c&d=e", "https://contoso.com/a?b=c&amp;d=e")]
    [InlineData("mailto:someone@contoso.com", "mailto:someone@contoso.com")]
    [InlineData("/a:b", "/a:b")]
    [InlineData("data:image/png;base64,AAAA", "data:image/png;base64,AAAA")]
    public void Any_other_link_stays_as_it_is(string value, string expected) =>
        Assert.Equal($"<a href=\"{expected}\">javascript: is text here</a>", LeadTemplate.Html("""<a href="{{OfferTitle}}">javascript: is text here</a>""").Render(Model(value)));

    [Theory]
    [InlineData("{{{A}}}")]
    [InlineData("{{&A}}")]
    [InlineData("{{ & A}}")]
    [InlineData("{{~{A}~}}")]
    [InlineData("{{~&A}}")]
    public void A_template_that_encodes_nothing_is_known(string source) => Assert.True(LeadTemplate.HasUnencoded(source));

    [Theory]
    [InlineData("{{A}}")]
    [InlineData("{{~A~}}")]
    [InlineData("{{#if A}}{\"a\": {{A}}}{{/if}}")]
    public void One_that_encodes_is_not_taken_for_it(string source) => Assert.False(LeadTemplate.HasUnencoded(source));

    [Theory]
    [InlineData("<a href={{Website}}>x</a>", "href={{Website}}")]
    [InlineData("<a href=https://contoso.com/{{A}}>x</a>", "href=https://contoso.com/{{A}}")]
    [InlineData("<p>a</p><img alt=\"a > b\" src={{{A}}}>", "src={{{A}}}")]
    [InlineData("<p {{A}}>", "{{A}}")]
    [InlineData("<p {{#if A}}class={{A}}{{/if}}>", "{{#if A}}class={{A}}")]
    [InlineData("<td title=\"{{A}}\" width={{~coalesce A \"1\"}}>", "width={{~coalesce A \"1\"}}")]
    [InlineData("<{{A}}>", "<{{A}}")]
    [InlineData("<a\nhref =\t{{A}}", "{{A}}")]
    public void A_value_in_a_tag_without_quotes_is_found(string source, string found) => Assert.Equal(found, HarmlessLinks.Unquoted(source));

    [Theory]
    [InlineData("<a href=\"{{Website}}\" title='{{A}}'>{{B}} = {{C}}</a>")]
    [InlineData("{{#if A}}<td {{#if B}}class=\"b\"{{else}}class=\"c\"{{/if}}>{{A}}</td>{{/if}}")]
    [InlineData("{{A}} < {{B}} and {{C}} > {{D}}")]
    [InlineData("<!-- {{A}} -->{{! <a href= }}{{A}}")]
    [InlineData("<p title=\"{{coalesce A '>'}}\">{{A}}")]
    public void One_in_quotes_or_in_a_text_is_none(string source) => Assert.Null(HarmlessLinks.Unquoted(source));

    [Theory]
    [InlineData("{{cut OfferTitle 4}}", "Tool")]
    [InlineData("{{cut OfferTitle 40}}", "Tools & more")]
    [InlineData("{{cut Nothing 40}}", "")]
    [InlineData("{{cut (coalesce Nothing 'none') 3}}", "non")]
    [InlineData("{{cut (coalesce OfferTitle 'none') 7}}", "Tools &")]
    public void A_text_is_cut_to_a_length(string template, string expected) => Assert.Equal(expected, LeadTemplate.Text(template).Render(Model("Tools & more")));

    [Fact]
    public void What_helpers_hand_to_each_other_is_encoded_once() =>
        Assert.Equal("Tools &amp; m", LeadTemplate.Html("{{cut (coalesce Nothing OfferTitle) 9}}").Render(Model("Tools & more")));

    [Fact]
    public void Cutting_to_no_length_is_a_fault() => Assert.Contains("cut takes", LeadTemplate.Text("{{cut OfferTitle}}").Fault(), StringComparison.Ordinal);

    [Fact]
    public void Kept_answers_are_values_under_their_destinations_names()
    {
        var model = new LeadTemplateModel(Posted.Lead(("OfferTitle", "Offer"), ("Deliveries.zoom.join_url", "https://thief.example")), new Dictionary<string, string>
        {
            ["zoom"] = """{"join_url":"https://zoom.example/j/1?pwd=a&b","id":85746065432}""",
            ["hub-spot"] = """{"results":{"0":{"id":"512"}}}""",
        });

        Assert.Equal(
            "https://zoom.example/j/1?pwd=a&b 85746065432 512 ()",
            LeadTemplate.Text("{{Deliveries.zoom.join_url}} {{Deliveries.zoom.id}} {{Deliveries.hub-spot.results.0.id}} ({{Deliveries.other.id}})").Render(model));
        Assert.Equal("https://zoom.example/j/1?pwd=a&amp;b", LeadTemplate.Html("{{Deliveries.zoom.join_url}}").Render(model));
    }

    private static LeadTemplateModel Model(string title) => new(Posted.Lead(("OfferTitle", title)));
}
