using LeadFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Hosting;

public sealed class CrossSiteTests
{
    [Theory]
    [InlineData("localhost:7071", null, null, false)] // curl
    [InlineData("localhost:7071", "http://localhost:7071", "same-origin", false)]
    [InlineData("localhost:7071", "http://localhost:7071", null, false)]
    [InlineData("LOCALHOST:7071", "http://localhost:7071", null, false)]
    [InlineData("localhost:7071", null, "none", false)]
    [InlineData("[::1]:7071", "http://[::1]:7071", null, false)]
    [InlineData("leads.contoso.com", "https://leads.contoso.com", null, false)] // TLS ends before it.
    [InlineData("leads.contoso.com:443", "https://leads.contoso.com", null, false)]
    [InlineData("localhost:7071", "http://localhost:7071", "cross-site", true)]
    [InlineData("localhost:7071", null, "same-site", true)]
    [InlineData("localhost:7071", "http://localhost:3000", null, true)]
    [InlineData("localhost:7071", "http://localhost", null, true)]
    [InlineData("localhost", "http://localhost:3000", null, true)]
    [InlineData("localhost:7071", "http://127.0.0.1:7071", null, true)]
    [InlineData("leads.contoso.com", "https://contoso.com", null, true)]
    [InlineData("leads.contoso.com", "https://leads.contoso.com.elsewhere.example", null, true)]
    [InlineData("leads.contoso.com", "leads.contoso.com", null, true)]
    [InlineData("leads.contoso.com", "null", null, true)]
    [InlineData("leads.contoso.com", "null", "same-origin", false)]
    [InlineData("", "https://leads.contoso.com", null, true)]
    public void A_request_of_another_sites_page_is_told_by_what_the_browser_says(string host, string? origin, string? site, bool other)
    {
        Assert.Equal(other, new CrossSite(nameIsKept: true).IsSent(Request(host, origin, site)));
        Assert.Equal(other, new CrossSite(nameIsKept: false).IsSent(Request(host, origin, site)));
    }

    [Theory]
    [InlineData("same-origin", true, true)]
    [InlineData("same-origin", false, false)]
    [InlineData(null, false, true)]
    public void Behind_a_proxy_that_puts_its_own_name_in_the_browser_is_believed_where_keys_guard_besides(
        string? site,
        bool nameIsKept,
        bool other) => Assert.Equal(other, new CrossSite(nameIsKept).IsSent(Request("backend:7071", "https://leads.contoso.com", site)));

    [Fact]
    public void No_header_says_which_name_was_asked_for()
    {
        var request = Request("127.0.0.1:40000", "https://app.azurewebsites.net", null);
        request.Headers["X-Forwarded-Host"] = "app.azurewebsites.net";

        Assert.True(new CrossSite(nameIsKept: false).IsSent(request));
    }

    [Theory]
    [InlineData(null, null, null, null, false)] // curl
    [InlineData("same-origin", "cors", "empty", null, false)]
    [InlineData("none", "navigate", "document", "prefetch;prerender", false)]
    [InlineData("cross-site", "navigate", "document", null, false)] // A link in a web mail.
    [InlineData("cross-site", "no-cors", "image", null, true)]
    [InlineData("same-site", "no-cors", "script", null, true)]
    [InlineData("cross-site", "cors", "empty", null, true)]
    [InlineData("cross-site", "navigate", "iframe", null, true)]
    [InlineData("cross-site", "navigate", "embed", null, true)]
    [InlineData("cross-site", "navigate", "document", "prefetch", true)]
    [InlineData("cross-site", null, null, null, true)]
    public void What_another_sites_page_loads_by_itself_is_told_from_a_link_that_is_followed(
        string? site,
        string? mode,
        string? dest,
        string? purpose,
        bool embeds)
    {
        var request = Request("localhost:7071", null, site);
        foreach (var (name, value) in new[] { ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest), ("Sec-Purpose", purpose) })
        {
            if (value is not null)
            {
                request.Headers[name] = value;
            }
        }

        Assert.Equal(embeds, CrossSite.IsEmbedded(request));
    }

    private static HttpRequest Request(string host, string? origin, string? site)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        if (site is not null)
        {
            request.Headers["Sec-Fetch-Site"] = site;
        }

        return request;
    }
}
