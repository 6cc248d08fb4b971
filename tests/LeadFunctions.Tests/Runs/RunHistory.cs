using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

/// <summary>The run history as a caller reads it.</summary>
internal static class RunHistory
{
    public static async Task<(IReadOnlyList<JsonElement> Items, string? Next)> ListAsync(this LeadApp app, string query = "")
    {
        using var response = await app.Client.GetAsync($"/api/runs{query}", TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var list = JsonElement.Parse(text);
        return ([.. list.GetProperty("items").EnumerateArray()], list.GetProperty("next").GetString());
    }

    public static async Task<Guid[]> IdsAsync(this LeadApp app, string query) =>
        [.. (await app.ListAsync(query)).Items.Select(run => run.GetProperty("leadId").GetGuid())];

    public static async Task<ProblemAnswer> RefusedQueryAsync(this LeadApp app, string query, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, query);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
    }

    /// <summary>The rows of an export, with what every one must have.</summary>
    public static async Task<IReadOnlyList<string[]>> ExportAsync(
        this LeadApp app,
        string query = "?format=csv",
        string fileName = "leads.csv")
    {
        using var response = await app.Client.GetAsync($"/api/runs{query}", TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            ("text/csv", "utf-8"),
            (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentType?.CharSet));
        Assert.Equal($"attachment; filename=\"{fileName}\"", response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), bytes[..3]);
        return CsvReader.Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes[3..]));
    }

    /// <summary>Keeps a lead as intake would, for a destination that nothing delivers to.</summary>
    public static async Task<Lead> KeepAsync(this LeadApp app, string body, DateTimeOffset at, params IReadOnlyList<string> destinations)
    {
        var lead = Posted.Lead(body, at);
        await app.Store.AcceptAsync(lead, StoreCalls.Print(lead.Id.ToString()), null, destinations);
        return lead;
    }
}
