using LeadFunctions.Destinations.Dataverse;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

public sealed class DataverseResponseTests
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
        var outcome = Classify(status, Body(code));

        Assert.Equal((expected, status), (outcome.GetType().Name, outcome.HttpStatus));
        if (outcome is DeliveryOutcome.Reject reject)
        {
            Assert.Equal($"Dataverse answered {status}{(code.Length > 0 ? " " + code : "")}: Its own words.", reject.Error);
        }
    }

    [Theory]
    [InlineData("0x80060892", true, "Reject")]
    [InlineData("0x80060892", false, "Reject")]
    [InlineData("0x80040237", false, "Retry")]
    [InlineData("", false, "Retry")]
    [InlineData("0x80060882", true, "Reject")]
    [InlineData("0x80040333", true, "Delivered")]
    [InlineData("0x80040333", false, "Reject")]
    public void A_412_is_decided_by_its_code_and_the_method(string code, bool isCreate, string expected)
    {
        var outcome = Classify(412, Body(code), isCreate);

        Assert.Equal(expected, outcome.GetType().Name);
        Assert.Null((outcome as DeliveryOutcome.Delivered)?.RemoteId);
        Assert.Contains("Its own words.", outcome.Fault ?? ((DeliveryOutcome.Delivered)outcome).Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(412, "<html><h1>Precondition failed</h1></html>")]
    [InlineData(412, """{"message":"Precondition failed"}""")]
    [InlineData(412, "no")]
    [InlineData(200, "<!DOCTYPE html><title>Sign in</title>")]
    [InlineData(200, """{"leadid":"0197a000-0000-7000-8000-000000000001"}""")]
    [InlineData(202, "")]
    [InlineData(206, "")]
    public void What_something_between_says_is_no_row(int status, string body) => Assert.IsType<DeliveryOutcome.Retry>(Classify(status, body));

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    public void A_2xx_that_names_no_row_is_not_Dataverses(int status)
    {
        Assert.IsType<DeliveryOutcome.Retry>(DataverseResponse.Classify(Answers.Of(status), true, RowId, Posted.At));
        Assert.IsType<DeliveryOutcome.Delivered>(DataverseResponse.Classify(Answers.Of(status, headers: ("OData-EntityId", $"https://x/leads({RowId})")), true, RowId, Posted.At));
    }

    [Fact]
    public void A_412_without_a_word_is_Dataverses_only_by_its_header()
    {
        Assert.IsType<DeliveryOutcome.Retry>(DataverseResponse.Classify(Answers.Of(412), true, RowId, Posted.At));
        Assert.IsType<DeliveryOutcome.Delivered>(DataverseResponse.Classify(Answers.Of(412, headers: ("OData-Version", "4.0")), true, RowId, Posted.At));
    }

    [Theory]
    [InlineData(403, "", "The request limit of this environment is reached until the month ends.")]
    [InlineData(400, "0x80072321", "Rate limit is exceeded.")]
    public void A_limit_that_ends_is_waited_for(int status, string code, string message) =>
        Assert.Contains(message, Assert.IsType<DeliveryOutcome.Retry>(Classify(status, Body(code, message))).Error, StringComparison.Ordinal);

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
        var retry = Assert.IsType<DeliveryOutcome.Retry>(DataverseResponse.Classify(Answers.Of(status, headers: ("Retry-After", retryAfter)), true, RowId, Posted.At));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, retry.NotBefore);
        Assert.False(retry.Unanswered);
    }

    [Theory]
    [InlineData("<html><h1>Bad gateway</h1></html>", "Bad gateway")]
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

    private static string Body(string code, string message = "Its own words.") => $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""";

    private static DeliveryOutcome Classify(int status, string body, bool isCreate = true) =>
        DataverseResponse.Classify(Answers.Of(status, body, headers: ("OData-Version", "4.0")), isCreate, RowId, Posted.At);
}
