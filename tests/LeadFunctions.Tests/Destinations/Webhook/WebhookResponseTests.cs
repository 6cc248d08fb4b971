using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Leads;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

public sealed class WebhookResponseTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Any_2xx_means_that_it_has_arrived(int status) =>
        Assert.Equal(status, Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(new Reply(status))).HttpStatus);

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_again_when_the_remote_system_says(int status)
    {
        var retry = Assert.IsType<DeliveryOutcome.Retry>(await AnswerAsync(new Reply(status, "busy", "text/plain", ("Retry-After", "90"))));

        Assert.Equal((status, TimeSpan.FromSeconds(90), false), (retry.HttpStatus, retry.NotBefore, retry.Unanswered));
        Assert.EndsWith($"answered {status}: busy", retry.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(422)]
    public async Task Any_other_refusal_is_a_dead_letter_with_the_remote_systems_words(int status)
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(new Reply(status, """{"message":"No such\r\n channel"}""")));

        Assert.Equal(status, reject.HttpStatus);
        Assert.Contains("""{"message":"No such\r\n channel"}""", reject.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ok":false,"error":"channel_not_found"}""", "Reject")]
    [InlineData("""{"ok":false,"error":"ratelimited"}""", "Retry")]
    [InlineData("""{"success":false}""", "Reject")]
    [InlineData("""{"success":"false"}""", "Reject")]
    [InlineData("""{"data":null,"errors":[{"message":"No such field"}]}""", "Reject")]
    [InlineData("""{"error":{"code":"X"}}""", "Reject")]
    [InlineData("""[{"success":true},{"success":false}]""", "Reject")]
    [InlineData("""{"errcode":310000,"errmsg":"sign not match"}""", "Reject")]
    [InlineData("""{"status":"error"}""", "Reject")]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0", "Retry")]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 400", "Reject")]
    [InlineData("<!DOCTYPE html><title>Sign in</title>", "Retry")]
    [InlineData("ok", "Delivered")]
    [InlineData("1", "Delivered")]
    [InlineData("This URL has no content. <a href='/'>More</a>", "Delivered")]
    [InlineData("""{"id":"1","success":true,"errors":[]}""", "Delivered")]
    [InlineData("""{"ok":true,"error":null,"errcode":0,"status":"ok"}""", "Delivered")]
    [InlineData("""{"error":"\ud83d"}""", "Delivered")]
    public async Task A_2xx_is_believed_unless_its_body_says_otherwise(string body, string expected)
    {
        Assert.Equal(expected, (await AnswerAsync(new Reply(200, body, "text/plain"))).GetType().Name);
        Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(new Reply(200, body, "text/plain"), ("StatusDecides", "true")));
    }

    [Fact]
    public async Task A_refusal_that_is_set_as_a_success_is_one_whatever_it_says() =>
        Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(new Reply(409, """{"error":"exists"}"""), ("SuccessCodes", "200-299, 409")));

    [Theory]
    [InlineData(403, """[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]""")]
    [InlineData(403, """{"error":{"code":403,"errors":[{"reason":"dailyLimitExceeded"}]}}""")]
    [InlineData(403, """{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}""")]
    [InlineData(403, """{"message":"You have exceeded a secondary rate limit."}""")]
    [InlineData(402, """{"message":"You are out of credits."}""")]
    [InlineData(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""")]
    public async Task A_limit_that_ends_is_waited_for(int status, string body) =>
        Assert.IsType<DeliveryOutcome.Retry>(await AnswerAsync(new Reply(status, body)));

    [Fact]
    public async Task A_refusal_that_names_a_wait_is_waited_for() =>
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.IsType<DeliveryOutcome.Retry>(await AnswerAsync(new Reply(403, "busy", Headers: ("Retry-After", "60")))).NotBefore);

    [Theory]
    [InlineData("Auth", "Bearer", "Token", "abcdefgh")]
    [InlineData("Auth", "Basic", "UserName", "abcdefgh")]
    [InlineData("Headers:X-Api-Key", "abcdefgh", "Headers:Accept", "application/json")]
    public async Task A_key_that_is_refused_is_mended_by_a_new_one_without_resubmitting(string key, string value, string other, string another) =>
        Assert.IsType<DeliveryOutcome.Retry>(await AnswerAsync(new Reply(401, "no"), (key, value), (other, another)));

    [Fact]
    public async Task Of_a_page_its_words_alone_are_kept_and_no_key_that_it_repeats()
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(
            new Reply(400, "<!DOCTYPE html><html><head><title>Bad request</title><style>p{color:red}</style></head><body><p>Not you, abc&amp;def&amp;ghi</p></body></html>", "text/html"),
            ("Auth", "Bearer"),
            ("Token", "abc&def&ghi")));

        Assert.EndsWith("answered 400: Bad request Not you, …", reject.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"\ud83d"}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("{{{{")]
    public async Task Words_that_are_no_good_JSON_are_words_all_the_same(string body) =>
        Assert.EndsWith(body, Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(new Reply(400, body))).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task No_redirect_takes_a_lead_elsewhere(int status)
    {
        await using var stranger = await FakeHook.StartAsync();

        var retry = Assert.IsType<DeliveryOutcome.Retry>(await AnswerAsync(new Reply(status, Headers: ("Location", stranger.Url.ToString()))));

        Assert.Contains("Redirects are not followed", retry.Error, StringComparison.Ordinal);
        Assert.Empty(stranger.Requests);
    }

    [Theory]
    [InlineData(200, typeof(DeliveryOutcome.Delivered))]
    [InlineData(404, typeof(DeliveryOutcome.Delivered))]
    [InlineData(207, typeof(DeliveryOutcome.Reject))]
    [InlineData(409, typeof(DeliveryOutcome.Retry))]
    [InlineData(503, typeof(DeliveryOutcome.Reject))]
    public async Task Which_answers_mean_what_can_be_set(int status, Type outcome) =>
        Assert.IsType(outcome, await AnswerAsync(new Reply(status), ("SuccessCodes", "200-204, 404"), ("RetryCodes", "409")));

    [Fact]
    public async Task Without_an_answer_it_may_have_arrived()
    {
        await using var server = await FakeHook.StartAsync();
        server.FailNext(Fault.ResetAfterHandling);
        using var hook = new Hook(server);

        Assert.True(Assert.IsType<DeliveryOutcome.Retry>(await hook.SendAsync(Posted.Lead(Samples.Documented))).Unanswered);
    }

    [Fact]
    public async Task What_Keep_names_is_kept_and_nothing_else()
    {
        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(
            new Reply(201, """{"id":85746065432,"join_url":"https://zoom.example/j/1?a=b&c=ü","start_url":"https://zoom.example/s/1?zak=secret","results":[{"id":"x"}]}"""),
            ("Keep", "id, join_url, results.0.id")));

        Assert.Equal("""{"id":85746065432,"join_url":"https://zoom.example/j/1?a=b&c=ü","results":{"0":{"id":"x"}}}""", delivered.Answer);
        Assert.Equal("85746065432", delivered.RemoteId);
    }

    [Theory]
    [InlineData("""{"id":1,"id":2}""", "2")]
    [InlineData("""{"id":{"a":1}}""", null)]
    public async Task What_was_done_is_not_done_again_because_of_an_odd_answer(string body, string? id)
    {
        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(new Reply(200, body), ("Keep", "true")));

        Assert.Equal((body, id), (delivered.Answer, delivered.RemoteId));
    }

    [Fact]
    public async Task A_property_is_found_in_a_long_answer()
    {
        var reply = new Reply(200, $$"""{"more":"{{new string('x', 100_000)}}","id":7}""");

        Assert.Equal("""{"id":7}""", Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(reply, ("Keep", "id"))).Answer);
    }

    [Theory]
    [InlineData("true", """{"a":1}""", """{"a":1}""")]
    [InlineData("false", """{"a":1}""", null)]
    public async Task All_or_nothing_can_be_kept(string keep, string body, string? kept) =>
        Assert.Equal(kept, Assert.IsType<DeliveryOutcome.Delivered>(await AnswerAsync(new Reply(200, body), ("Keep", keep))).Answer);

    [Theory]
    [InlineData("join_url", """{"id":1}""", "has no join_url")]
    [InlineData("join_url", """{"join_url":null}""", "has no join_url")]
    [InlineData("a.5.b", """{"a":[]}""", "has no a.5.b")]
    [InlineData("join_url", "<html>Please sign in</html>", "not a JSON object")]
    [InlineData("true", "[1]", "not a JSON object")]
    [InlineData("true", "", "not a JSON object")]
    [InlineData("true", """{"a":"\ud83d"}""", "not a JSON object")]
    [InlineData("a", """{"a":1,"a":2}""", "not a JSON object")]
    public async Task What_can_not_be_kept_needs_a_person(string keep, string body, string reason)
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(new Reply(201, body), ("Keep", keep)));

        Assert.Contains("so it was done there", reject.Error, StringComparison.Ordinal);
        Assert.Contains(reason, reject.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_longer_than_is_read_is_said_to_be_so()
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(new Reply(200, $$"""{"id":7,"more":"{{new string('x', 1_100_000)}}"}"""), ("Keep", "id")));

        Assert.Contains("so it was done there, but the answer is longer than the 1048576 bytes", reject.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_answer_is_whole_though_its_connection_ended_badly()
    {
        using var server = new HttpResponseMessage();

        Assert.Equal("""{"id":7}""", new KeptAnswer(true, []).Of(new RemoteReply.Response(200, server.Headers, null, """{"id":7}""") { IsCut = true }).Json);
    }

    [Fact]
    public async Task Little_is_kept_of_a_flood()
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(await AnswerAsync(new Reply(200, $$"""{"a":"{{new string('x', 20_000)}}"}"""), ("Keep", "true")));

        Assert.Contains("16384", reject.Error, StringComparison.Ordinal);
    }

    private static async Task<DeliveryOutcome> AnswerAsync(Reply reply, params IEnumerable<(string Key, string Value)> settings)
    {
        await using var server = await FakeHook.StartAsync(_ => reply);
        using var hook = new Hook(server, settings);
        return await hook.SendAsync(Posted.Lead(Samples.Documented));
    }
}
