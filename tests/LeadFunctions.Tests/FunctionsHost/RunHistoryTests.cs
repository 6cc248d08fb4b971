using System.Net;
using LeadFunctions.Runs.SignIn;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Runs.SignIn;

namespace LeadFunctions.Tests.FunctionsHost;

/// <summary>The run history by way of the Functions host: pages, forms, cookies, and who may see them.</summary>
public sealed class RunHistoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_and_acts_by_the_forms_of_the_pages()
    {
        using var folder = new TemporaryFolder();
        // A folder where the row's file should be, and one attempt alone: a dead letter.
        Directory.CreateDirectory(folder.File("data/crm.jsonl"));
        await using var program = await HostedProgram.StartAsync(
            folder,
            [("Runs__Keys__anna", SharedHost.RunsKey), ("Delivery__RetrySchedule", "00:00:00.1")]);
        using var posted = await program.PostAsync(Samples.Documented);
        var lead = posted.Headers.Location!.OriginalString;
        using var person = new PageCaller(program.Host.Url);
        var origin = program.Host.Url.GetLeftPart(UriPartial.Authority);

        using var closed = await person.GetAsync();
        using var signedIn = await person.SignInAsync(SharedHost.RunsKey, ("Origin", origin), ("Sec-Fetch-Site", "same-origin"));
        using var list = await person.GetAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                using var page = await person.GetAsync(lead);
                return (await page.Content.ReadAsStringAsync(Stop)).Contains("/api/runs/acts/discard", StringComparison.Ordinal);
            },
            "the lead's page has the form of a dead letter");
        var token = await person.TokenAsync(lead);
        using var foreign = await person.PostAsync("/api/runs/acts/discard", [("token", token)], ("Origin", "https://elsewhere.example"));
        using var discarded = await person.PostAsync(
            "/api/runs/acts/discard",
            [("token", token), ("lead", lead.Split('/')[^1]), ("destination", "crm"), ("reason", "x")],
            ("Origin", origin));
        using var afterwards = await person.GetAsync(discarded.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        Assert.Equal((HttpStatusCode.SeeOther, "/api/runs"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
        Assert.Contains("httponly", Assert.Single(signedIn.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (list.StatusCode, list.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(
            (HttpStatusCode.SeeOther, $"{lead}?done=discarded-1"),
            (discarded.StatusCode, discarded.Headers.Location?.OriginalString));
        Assert.Equal(HttpStatusCode.OK, afterwards.StatusCode);
    }

    [Theory]
    [InlineData("Production", HttpStatusCode.Unauthorized)]
    [InlineData("Development", HttpStatusCode.NotFound)]
    public async Task Without_keys_it_is_open_only_in_development_with_the_key_made_there(string environment, HttpStatusCode expected)
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder, [("AZURE_FUNCTIONS_ENVIRONMENT", environment)]);

        var key = Directory
            .EnumerateFiles(folder.Path, LocalKey.FileName, SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .FirstOrDefault("none");

        using var without = await program.Stranger.GetAsync($"/api/runs/{Guid.NewGuid()}", Stop);
        using var response = await program.Stranger.GetAsync($"/api/runs/{Guid.NewGuid()}?code={key.Trim()}", Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(
            environment == "Production",
            (await without.Content.ReadAsStringAsync(Stop)).Contains("nobody comes in: set one", StringComparison.Ordinal));
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task What_a_caller_claims_to_be_forwarded_for_counts_for_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var program = await HostedProgram.StartAsync(folder, [("Runs__Keys__anna", SharedHost.RunsKey)]);
        using var person = new PageCaller(program.Host.Url);

        // Each from another address, as it says; but the host has seen one alone.
        var statuses = new List<HttpStatusCode>();
        for (var guess = 0; guess < 6; guess++)
        {
            using var response = await person.SignInAsync(
                $"a-guess-at-the-key-{guess}",
                ("X-Forwarded-For", $"203.0.113.{guess}"),
                ("X-Forwarded-Host", "elsewhere.example"));
            statuses.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
    }
}
