using System.Net;
using System.Text;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class RefusedTests
{
    [Theory]
    [InlineData("""{"UserDetails":{"Email":5},"Description":[],"ActionCode":true}""", "/ActionCode /Description /UserDetails/Email")]
    [InlineData("""{"userdetails":{"email":5,"PHONE":{}}}""", "/UserDetails/Email /UserDetails/Phone")]
    [InlineData("""{"Email":5,"UserDetails":[]}""", "/Email /UserDetails")]
    [InlineData("""{"UserDetails":[{"Email":5}]}""", "/UserDetails /UserDetails/0/Email")]
    [InlineData("""{"UserDetails":[],"userDetails":{"Email":5}}""", "/UserDetails /UserDetails/Email")]
    [InlineData("""{"userDetails":{"Email":5},"UserDetails":[]}""", "/UserDetails /UserDetails/Email")]
    [InlineData("""{"userDetails":[5],"lead":{"email":5}}""", "/UserDetails /lead/Email")]
    public async Task Every_violation_is_named_with_its_pointer(string body, string paths)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Equal(paths.Split(' '), (await ProblemAnswer.RefuseAsync(app, body)).Paths);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    [InlineData("not json")]
    [InlineData("{")]
    [InlineData("""{"ActionCode":"INS",}""")]
    [InlineData("""{"ActionCode":"INS"} {}""")]
    [InlineData("""// a comment {"ActionCode":"INS"}""")]
    [InlineData("[]")]
    [InlineData("""[{"ActionCode":"INS"}]""")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("""{"UserDetails":{"Email":" ","Phone":null},"Description":"","extra":{}}""")]
    [InlineData("\uFEFF")]
    [InlineData("ActionCode=INS&Description=x")]
    public async Task What_is_no_lead_at_all_is_one_violation_of_the_whole(string body)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Equal([""], (await ProblemAnswer.RefuseAsync(app, body)).Paths);
    }

    [Fact]
    public async Task A_body_too_deep_is_refused_and_the_deepest_that_is_read_is_accepted()
    {
        await using var app = await LeadApp.StartAsync();

        Assert.False((await app.AcceptAsync(Nested(63))).Duplicate);
        Assert.Equal([""], (await ProblemAnswer.RefuseAsync(app, Nested(64))).Paths);

        static string Nested(int levels) => $$"""{"a":{{new string('[', levels)}}1{{new string(']', levels)}}}""";
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_kept_as_they_came()
    {
        await using var app = await LeadApp.StartAsync();

        await ProblemAnswer.RefuseAsync(app, [0xEF, 0xBB, 0xBF, 0xFF, 0x00, (byte)'{', 0xD8, 0x00]);
        await ProblemAnswer.RefuseAsync(app, [.. Encoding.Unicode.Preamble, 0x7B, 0x00, 0x7D]);
    }

    [Theory]
    [InlineData("""{"UserDetails":{"Phone":16175555555555555555555}}""")]
    [InlineData("""{"ActionCode":1e999}""")]
    [InlineData("""{"ActionCode":-99999999999999999999999999999999999}""")]
    public async Task Numbers_of_any_length_are_a_violation_and_nothing_worse(string body)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Single((await ProblemAnswer.RefuseAsync(app, body)).Errors);
    }

    [Fact]
    public async Task The_same_refused_body_again_is_kept_again()
    {
        await using var app = await LeadApp.StartAsync();

        Assert.NotEqual((await ProblemAnswer.RefuseAsync(app, "{}")).RefusedId, (await ProblemAnswer.RefuseAsync(app, "{}")).RefusedId);
    }

    [Fact]
    public async Task A_body_made_of_faults_gets_an_answer_of_reasonable_size()
    {
        await using var app = await LeadApp.StartAsync();
        var body = $$"""{"UserDetails":[{{string.Join(',', Enumerable.Repeat("""{"Email":5}""", 15_000))}}]}""";

        Assert.InRange((await ProblemAnswer.RefuseAsync(app, body)).Errors.Count, 100, 200);
    }

    [Fact]
    public async Task A_schema_of_the_publishers_own_decides()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("schema.json"), """{"type":"object","required":["Email"],"properties":{"Email":{"type":"string"},"Seats":{"type":"integer"}}}""", TestContext.Current.CancellationToken);
        await using var app = await LeadApp.StartAsync([("Intake:SchemaFile", folder.File("schema.json"))]);

        Assert.Equal(["/Email", "/Seats"], (await ProblemAnswer.RefuseAsync(app, """{"seats":"many"}""")).Paths);
        Assert.False((await app.AcceptAsync("""{"EMAIL":"a@contoso.com","seats":5}""")).Duplicate);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("Application/X-WWW-Form-UrlEncoded; charset=utf-8")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_form_is_a_415_and_kept(string contentType)
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync("ActionCode=INS&Description={}", contentType);

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.UnsupportedMediaType);
        var kept = await app.Store.FindRefusedAsync(answer.RefusedId!.Value);
        Assert.Equal("ActionCode=INS&Description={}", Encoding.UTF8.GetString(kept!.Body.Span));
    }

    [Fact]
    public async Task Nothing_of_a_refused_body_is_a_lead()
    {
        await using var app = await LeadApp.StartAsync();

        var refused = await ProblemAnswer.RefuseAsync(app, """{"ActionCode":5}""");

        Assert.Null(await app.Store.FindRunAsync(refused.RefusedId!.Value));
        Assert.Null(await app.Store.FindRefusedAsync(LeadId.New(DateTimeOffset.UnixEpoch)));
    }
}
