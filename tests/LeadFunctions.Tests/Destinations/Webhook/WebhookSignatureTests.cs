using System.Text;
using LeadFunctions.Destinations.Webhook;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

public sealed class WebhookSignatureTests
{
    // The test vector of the specification's own libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA==";

    [Fact]
    public void The_published_vector_comes_out()
    {
        var signature = SettingsOf.Read(reader => WebhookSignature.Read(reader, "keys"), ("keys", Secret));

        var headers = signature.Headers("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));

        Assert.Equal(
            [("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")],
            headers);
    }

    [Fact]
    public void The_receiver_of_these_tests_knows_the_published_vector_too() =>
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", HookSignature.Sign(Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes("""{"test": 2432232314}""")));

    [Fact]
    public async Task While_a_key_is_changed_receivers_with_either_one_believe_it()
    {
        var time = new ManualTime();
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, time, ("SigningKeys", $"{Secret}, {Other}"), ("Json:name", "{{UserDetails.LastName}}"));

        await hook.SendAsync(Posted.Lead(("UserDetails.LastName", "Zoë 日本 \"x\"")));

        var request = Assert.Single(server.Requests);
        Assert.Null(HookSignature.Fault(request, Secret, time.GetUtcNow()));
        Assert.Null(HookSignature.Fault(request, Other, time.GetUtcNow()));
        Assert.Equal("no signature is right", HookSignature.Fault(request, "whsec_" + Convert.ToBase64String(new byte[24]), time.GetUtcNow()));
        Assert.Equal("no signature is right", HookSignature.Fault(request with { Content = Encoding.UTF8.GetBytes(request.Body + " ") }, Secret, time.GetUtcNow()));
    }

    [Fact]
    public async Task A_later_attempt_has_the_same_id_and_a_time_of_its_own()
    {
        var time = new ManualTime();
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, time, ("SigningKeys", Secret));
        var lead = Posted.Lead(Samples.Documented);
        await hook.SendAsync(lead);
        time.Advance(TimeSpan.FromHours(1));
        await hook.SendAsync(lead);

        Assert.Equal(server.Requests[0].Header("webhook-id"), server.Requests[1].Header("webhook-id"));
        Assert.Null(HookSignature.Fault(server.Requests[1], Secret, time.GetUtcNow()));
        Assert.Equal("the timestamp is too far away", HookSignature.Fault(server.Requests[0], Secret, time.GetUtcNow()));
    }

    [Fact]
    public async Task A_request_without_a_body_is_signed_as_well()
    {
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, ("SigningKeys", Secret), ("Method", "Get"));

        Assert.IsType<DeliveryOutcome.Delivered>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

        Assert.Null(HookSignature.Fault(Assert.Single(server.Requests), Secret, DateTimeOffset.UtcNow));
    }
}
