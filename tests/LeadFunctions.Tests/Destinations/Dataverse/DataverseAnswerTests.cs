using LeadFunctions.Destinations.Dataverse;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

public sealed class DataverseAnswerTests
{
    private const string RowId = "0197a000-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(204, "", "Delivered")]
    [InlineData(201, "", "Delivered")]
    [InlineData(412, "0x80040237", "Delivered")]
    [InlineData(412, "", "Delivered")]
    [InlineData(500, "0x80040333", "Delivered")]
    [InlineData(500, "", "Retry")]
    [InlineData(500, "0x80040216", "Retry")]
    [InlineData(502, "", "Retry")]
    [InlineData(503, "", "Retry")]
    [InlineData(504, "", "Retry")]
    [InlineData(408, "", "Retry")]
    [InlineData(429, "0x80072322", "Retry")]
    [InlineData(429, "0x80072321", "Retry")]
    [InlineData(429, "0x80072326", "Retry")]
    [InlineData(401, "", "Retry")]
    [InlineData(400, "0x80044331", "Reject")]
    [InlineData(400, "0x8004431A", "Reject")]
    [InlineData(400, "0x80048d19", "Reject")]
    [InlineData(400, "0x80040278", "Reject")]
    [InlineData(403, "0x80072560", "Reject")]
    [InlineData(403, "0x80040220", "Reject")]
    [InlineData(404, "0x80060888", "Reject")]
    [InlineData(405, "", "Reject")]
    [InlineData(302, "", "Retry")]
    [InlineData(307, "", "Retry")]
    [InlineData(200, "", "Retry")]
    public void Each_answer_has_its_meaning(int status, string code, string expected)
    {
        var outcome = Classify(status, $$$"""{"error":{"code":"{{{code}}}","message":"Its own words."}}""");

        Assert.Equal((expected, status), (outcome.GetType().Name, outcome.HttpStatus));
        if (outcome is DeliveryOutcome.Reject reject)
        {
            Assert.Equal($"Dataverse answered {status}{(code.Length > 0 ? " " + code : "")}: Its own words.", reject.Error);
        }
    }

    [Fact]
    public void The_row_is_named_by_the_leads_id()
    {
        Assert.Equal(RowId, Assert.IsType<DeliveryOutcome.Delivered>(Classify(204, "")).RemoteId);
        Assert.Equal(RowId, Assert.IsType<DeliveryOutcome.Delivered>(Classify(412, "")).RemoteId);
    }

    [Fact]
    public void A_duplicate_in_the_CRM_is_not_our_row()
    {
        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(Classify(500, """{"error":{"code":"0x80040333","message":"A duplicate."}}"""));

        Assert.Null(delivered.RemoteId);
        Assert.Contains("A duplicate.", delivered.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "Sat, 21 Nov 2026 09:05:00 GMT", 300)]
    [InlineData(503, "Sat, 21 Nov 2026 08:00:00 GMT", null)]
    public void The_wait_that_it_asks_for_is_passed_on(int status, string retryAfter, int? seconds)
    {
        var retry = Assert.IsType<DeliveryOutcome.Retry>(DataverseAnswer.Classify(Answers.Of(status, headers: ("Retry-After", retryAfter)), RowId, Posted.At));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, retry.NotBefore);
        Assert.False(retry.Unanswered);
    }

    [Theory]
    [InlineData("<html><h1>Bad gateway</h1></html>", "<html><h1>Bad gateway</h1></html>")]
    [InlineData("", "")]
    [InlineData("[]", "[]")]
    [InlineData("{}", "{}")]
    [InlineData("null", "null")]
    [InlineData("""{"error":null}""", """{"error":null}""")]
    [InlineData("""{"error":{"code":1,"message":"x"}}""", """{"error":{"code":1,"message":"x"}}""")]
    [InlineData("""{"error":{"message":"\ud800"}}""", """{"error":{"message":"\ud800"}}""")]
    [InlineData("""{"error":{"message":"a\r\nb"}}""", "a b")]
    public void Words_in_any_form_are_kept_on_one_line(string body, string expected)
    {
        var reject = Assert.IsType<DeliveryOutcome.Reject>(Classify(400, body));

        Assert.Equal($"Dataverse answered 400: {expected}".TrimEnd(), reject.Error);
    }

    [Fact]
    public void Words_are_short()
    {
        Assert.InRange(Assert.IsType<DeliveryOutcome.Reject>(Classify(400, new string('x', 60_000))).Error.Length, 900, 1100);
    }

    private static DeliveryOutcome Classify(int status, string body) => DataverseAnswer.Classify(Answers.Of(status, body), RowId, Posted.At);
}
