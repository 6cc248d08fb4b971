using System.Globalization;
using System.Text.Json.Nodes;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.SendGrid;

public sealed class SendGridResponseTests
{
    [Theory]
    [InlineData(202, "Delivered")]
    [InlineData(200, "Delivered")]
    [InlineData(204, "Delivered")]
    [InlineData(429, "Retry")]
    [InlineData(408, "Retry")]
    [InlineData(500, "Retry")]
    [InlineData(502, "Retry")]
    [InlineData(503, "Retry")]
    [InlineData(302, "Retry")]
    [InlineData(400, "Reject")]
    [InlineData(401, "Retry")]
    [InlineData(403, "Reject")]
    [InlineData(404, "Reject")]
    [InlineData(413, "Reject")]
    public void Each_answer_has_its_meaning(int status, string expected)
    {
        var outcome = SendGridResponse.Classify(Answers.Of(status), Posted.At);

        Assert.Equal((expected, status), (outcome.GetType().Name, outcome.HttpStatus));
    }

    [Theory]
    [InlineData(401, "Maximum credits exceeded", null, "Retry")]
    [InlineData(403, "You have exceeded your messaging limits", null, "Retry")]
    [InlineData(403, "Your account has reached its daily sending limit.", null, "Retry")]
    [InlineData(402, "Not enough credits", null, "Retry")]
    [InlineData(401, "The provided authorization grant is invalid, expired, or revoked", null, "Retry")]
    [InlineData(403, "access forbidden", null, "Retry")]
    [InlineData(403, "The from address does not match a verified Sender Identity.", "from", "Reject")]
    [InlineData(400, "The personalizations array may not exceed the limit of 1000.", "personalizations", "Reject")]
    [InlineData(413, "The size exceeded the limit.", null, "Reject")]
    public void What_heals_is_told_from_what_does_not_by_its_words(int status, string message, string? field, string expected)
    {
        var body = new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["field"] = field, ["help"] = null }) }.ToJsonString();

        var outcome = SendGridResponse.Classify(Answers.Of(status, body), Posted.At);

        Assert.Equal(expected, outcome.GetType().Name);
        Assert.Contains(message, outcome.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    public void A_2xx_with_errors_is_no_mail(int status) =>
        Assert.Contains("Not now.", Assert.IsType<DeliveryOutcome.Retry>(SendGridResponse.Classify(Answers.Of(status, """{"errors":[{"message":"Not now."}]}"""), Posted.At)).Error, StringComparison.Ordinal);

    [Fact]
    public void The_message_has_SendGrids_id()
    {
        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(SendGridResponse.Classify(Answers.Of(202, headers: ("X-Message-Id", "abc")), Posted.At));

        Assert.Equal("abc", delivered.RemoteId);
    }

    [Fact]
    public void A_proxys_page_is_not_SendGrids_answer()
    {
        Assert.IsType<DeliveryOutcome.Retry>(SendGridResponse.Classify(Answers.Of(200, "<html>", "text/html"), Posted.At));
        Assert.IsType<DeliveryOutcome.Retry>(SendGridResponse.Classify(Answers.Of(202, "<!DOCTYPE html><p>Sign in", null), Posted.At));
    }

    [Fact]
    public void Every_message_of_its_list_is_kept_with_its_field()
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(SendGridResponse.Classify(
            Answers.Of(400, """{"errors":[{"message":"No subject.","field":"subject","help":null},{"message":"No key.","field":null}]}"""), Posted.At));

        Assert.Equal("SendGrid answered 400: No subject. (subject); No key.", reject.Error);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"errors\":null}")]
    [InlineData("{\"errors\":[1]}")]
    [InlineData("{\"errors\":[{}]}")]
    [InlineData("oops")]
    public void Words_in_any_other_form_are_kept_as_they_are(string body)
    {
        Assert.Equal($"SendGrid answered 400: {body}", Assert.IsType<DeliveryOutcome.Reject>(SendGridResponse.Classify(Answers.Of(400, body), Posted.At)).Error);
    }

    [Theory]
    [InlineData("600", null, 600)]
    [InlineData("3", "120", 120)]
    [InlineData("600", "120", 600)]
    [InlineData("-60", "30", 30)]
    [InlineData(null, "30", 30)]
    [InlineData(null, null, null)]
    public void Of_the_reset_header_and_Retry_After_the_later_counts(string? resetIn, string? retryAfter, int? seconds)
    {
        var headers = new List<(string, string)>();
        if (resetIn is not null)
        {
            headers.Add(("X-RateLimit-Reset", (Posted.At.ToUnixTimeSeconds() + int.Parse(resetIn, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture)));
        }

        if (retryAfter is not null)
        {
            headers.Add(("Retry-After", retryAfter));
        }

        var retry = Assert.IsType<DeliveryOutcome.Retry>(SendGridResponse.Classify(Answers.Of(429, headers: headers), Posted.At));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, retry.NotBefore);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("99999999999999999")]
    [InlineData("-1")]
    public void A_reset_header_that_is_no_time_is_passed_over(string reset)
    {
        Assert.Null(Assert.IsType<DeliveryOutcome.Retry>(SendGridResponse.Classify(Answers.Of(429, headers: ("X-RateLimit-Reset", reset)), Posted.At)).NotBefore);
    }
}
