using System.Text.Json.Nodes;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Destinations.Webhook;

public sealed class WebhookRequestTests : IAsyncLifetime
{
    private const string Nasty = "O'Neill \"Q\"\r\n\\ </script> {{Lead.Id}} & 100% 日本 😀";

    private FakeHook _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeHook.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_a_body_of_its_own_it_sends_the_lead_in_the_form_that_standard_webhooks_recommends()
    {
        var lead = Posted.Lead(Samples.Documented);
        var request = await SendAsync(lead);

        Assert.Equal(("POST", "/leads", "application/json"), (request.Method, request.PathAndQuery, request.MediaType("Content-Type")));
        Assert.Equal(("marketplace.received", "2026-11-21T09:00:00Z"), (request.Json["type"]!.GetValue<string>(), request.Json["timestamp"]!.GetValue<string>()));
        Assert.Equal(lead.Id.ToString(), request.Json["data"]!["leadId"]!.GetValue<string>());
        Assert.Equal(lead.Content.Text("UserDetails", "Email"), request.Json["data"]!["lead"]!["UserDetails"]!["Email"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_json_body_written_as_settings_keeps_its_form_whatever_a_value_holds()
    {
        var request = await SendAsync(
            Posted.Lead(("OfferTitle", Nasty), ("Seats", "12"), ("UserDetails.Phone", "007")),
            ("Json:title", "About {{OfferTitle}}"), ("Json:type", "2"), ("Json:version", "{{text 1.4}}"), ("Json:on", "True"), ("Json:seats", "{{number Seats}}"), ("Json:phone", "{{UserDetails.Phone}}"),
            ("Json:none", "{{Nothing}}"), ("Json:noSeats", "{{number Nothing}}"), ("Json:list:0:a", "x"), ("Json:list:1:a", "{{Lead.Source}}"), ("Json:nested:deep:$id", "y"));

        Assert.True(JsonNode.DeepEquals(
            new JsonObject
            {
                ["title"] = "About " + Nasty,
                ["type"] = 2,
                ["version"] = "1.4",
                ["on"] = true,
                ["seats"] = 12,
                ["phone"] = "007",
                ["list"] = new JsonArray(new JsonObject { ["a"] = "x" }, new JsonObject { ["a"] = "marketplace" }),
                ["nested"] = new JsonObject { ["deep"] = new JsonObject { ["$id"] = "y" } },
            },
            request.Json), request.Body);
    }

    [Fact]
    public async Task A_json_body_written_as_a_text_keeps_its_form_too()
    {
        var request = await SendAsync(Posted.Lead(("OfferTitle", Nasty)), ("Json", """{"title":"{{OfferTitle}}","test":{{#if Lead.IsTest}}true{{else}}false{{/if}} }"""));

        Assert.Equal((Nasty, false), (request.Json["title"]!.GetValue<string>(), request.Json["test"]!.GetValue<bool>()));
    }

    [Fact]
    public void No_lead_changes_the_form_of_a_body() => FreeText.Holds(text =>
    {
        using var hook = new Hook(_server, ("Json:a", "{{OfferTitle}}"), ("Json:b", "end"));
        using var form = new Hook(_server, ("Form:a", "{{OfferTitle}}"), ("Form:b", "end"));
        var lead = Posted.Lead(("OfferTitle", text));

        Assert.Empty(JsonNode.Parse(Body(hook, lead))!.AsObject().Select(property => property.Key).Except(["a", "b"]));
        Assert.Empty(QueryHelpers.ParseQuery(Body(form, lead)).Keys.Except(["a", "b"]));
    });

    [Fact]
    public async Task A_form_is_encoded_and_leaves_out_what_is_blank()
    {
        var request = await SendAsync(Posted.Lead(("OfferTitle", Nasty)), ("Form:line_items[0][price]", "price_1"), ("Form:name", "{{OfferTitle}}"), ("Form:none", "{{Nothing}}"));

        Assert.Equal("application/x-www-form-urlencoded", request.MediaType("Content-Type"));
        var fields = QueryHelpers.ParseQuery(request.Body);
        Assert.Equal(["line_items[0][price]", "name"], fields.Keys.Order());
        Assert.Equal(Nasty, fields["name"]);
    }

    [Fact]
    public async Task A_text_goes_as_the_media_type_that_its_header_says()
    {
        var plain = await SendAsync(Posted.Lead(("OfferTitle", "Offer")), ("Text", "New: {{OfferTitle}}"));
        var xml = await SendAsync(Posted.Lead(("OfferTitle", "Offer")), ("Text", "<lead/>"), ("Headers:Content-Type", "application/xml; charset=utf-8"));

        Assert.Equal(("New: Offer", "text/plain; charset=utf-8"), (plain.Body, plain.Header("Content-Type")));
        Assert.Equal("application/xml; charset=utf-8", xml.Header("Content-Type"));
    }

    [Fact]
    public async Task A_value_stays_in_its_part_of_the_address()
    {
        var request = await SendAsync(
            Posted.Lead(("UserDetails.Email", "a/b?c=d&e#f@example.com"), ("OfferTitle", "x&admin=1")),
            ("Method", "Get"),
            ("Url", new Uri(_server.Url, "contacts/").ToString() + "{{UserDetails.Email}}/notes?q={{OfferTitle}}&sig=%2Fkept"));

        Assert.Equal(("GET", "/contacts/a%2Fb%3Fc%3Dd%26e%23f%40example.com/notes?q=x%26admin%3D1&sig=%2Fkept", ""), (request.Method, request.PathAndQuery, request.Body));
    }

    [Theory]
    [InlineData("..", "'..'")]
    [InlineData(".", "'..'")]
    [InlineData("../admin", "'..'")]
    [InlineData("..\\admin", "'..'")]
    [InlineData("a/../../admin", "'..'")]
    [InlineData("%2e%2e", "'..'")]
    [InlineData("..%2Fadmin", "'..'")]
    [InlineData("..%5Cadmin", "'..'")]
    [InlineData("%252e%252e%252fadmin", "'..'")]
    [InlineData("..;x=y/admin", "'..'")]
    [InlineData(null, "gave nothing")]
    public async Task A_value_that_leads_to_another_address_is_a_dead_letter(string? value, string reason)
    {
        using var hook = new Hook(_server, ("Method", "Delete"), ("Url", new Uri(_server.Url, "contacts/").ToString() + "{{OfferTitle}}"));

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await hook.SendAsync(Posted.Lead(("OfferTitle", value), ("Description", "x"))));

        Assert.Contains(reason, reject.Error, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("Json", """{"a": {{UserDetails.Phone}} }""", "not JSON")]
    [InlineData("Json:a", "{{number UserDetails.Phone}}", "not a number")]
    public async Task A_body_that_a_value_breaks_is_a_dead_letter_without_the_value(string key, string template, string reason)
    {
        using var hook = new Hook(_server, (key, template));

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await hook.SendAsync(Posted.Lead(("UserDetails.Phone", "+49 private"))));

        Assert.Contains(reason, reject.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("private", reject.Error, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Two_headers_may_have_the_same_value()
    {
        var request = await SendAsync(Posted.Lead(Samples.Documented), ("Headers:Content-Type", "application/vnd.api+json"), ("Headers:Accept", "application/vnd.api+json"));

        Assert.Equal(("application/vnd.api+json", "application/vnd.api+json"), (request.Header("Content-Type"), request.Header("Accept")));
    }

    [Fact]
    public async Task Headers_may_be_templates_and_stay_one_line_of_ASCII()
    {
        var request = await SendAsync(Posted.Lead(("OfferTitle", "Zoë\r\nX-Admin: 1"), ("UserDetails.LastName", "x")), ("Headers:X-Offer", "{{OfferTitle}}"), ("Headers:X-None", "{{Nothing}}"), ("Headers:Accept", "application/json"));

        Assert.Equal(("Zo%C3%AB X-Admin: 1", "application/json"), (request.Header("X-Offer"), request.Header("Accept")));
        Assert.Null(request.Header("X-Admin"));
        Assert.Null(request.Header("X-None"));
    }

    [Theory]
    [InlineData("Put")]
    [InlineData("Patch")]
    [InlineData("post")]
    public async Task The_method_is_the_configured_one(string method) =>
        Assert.Equal(method.ToUpperInvariant(), (await SendAsync(Posted.Lead(Samples.Documented), ("Method", method))).Method);

    [Fact]
    public async Task The_id_for_repeats_is_the_same_at_each_attempt_and_another_for_another_lead()
    {
        using var hook = new Hook(_server, ("IdempotencyHeader", "Idempotency-Key"));
        var lead = Posted.Lead(Samples.Documented);
        await hook.SendAsync(lead);
        await hook.SendAsync(lead);
        await hook.SendAsync(Posted.Lead(("OfferTitle", "Another")));

        var keys = _server.Requests.Select(request => request.Header("Idempotency-Key")).ToArray();
        Assert.Equal($"{lead.Id}_hook", keys[0]);
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }

    [Theory]
    [InlineData("Bearer", "Token", "a-token-of-ours", "Bearer a-token-of-ours")]
    [InlineData("Basic", "UserName", "sk_live_1", "Basic c2tfbGl2ZV8xOg==")]
    public async Task It_signs_in(string kind, string key, string value, string expected) =>
        Assert.Equal(expected, (await SendAsync(Posted.Lead(Samples.Documented), ("Auth", kind), (key, value))).Header("Authorization"));

    private static string Body(Hook hook, Lead lead) => WebhookRequest.Of(hook.Options, Hook.Delivery(lead), default).Request!.Body;

    private async Task<RecordedRequest> SendAsync(Lead lead, params IEnumerable<(string Key, string Value)> settings)
    {
        using var hook = new Hook(_server, settings);
        Assert.IsType<DeliveryOutcome.Delivered>(await hook.SendAsync(lead));
        return _server.Requests[^1];
    }
}
