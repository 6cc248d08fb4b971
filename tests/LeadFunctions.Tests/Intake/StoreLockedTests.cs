using System.Net;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Data.Sqlite;

namespace LeadFunctions.Tests.Intake;

public sealed class StoreLockedTests
{
    [Theory]
    [InlineData("""{"Description":"x"}""")]
    [InlineData("""{"ActionCode":5}""")]
    public async Task While_the_store_can_not_write_the_answer_is_503_and_then_the_same_body_is_no_repeat(string body)
    {
        await using var app = await LeadApp.StartAsync();
        using (var other = new SqliteConnection($"Data Source={app.Folder.File("leads.db")};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            command.ExecuteNonQuery();

            using var response = await app.PostAsync(body);

            var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.ServiceUnavailable);
            Assert.Null(answer.RefusedId);
            Assert.NotNull(response.Headers.RetryAfter?.Delta);
        }

        using var later = await app.PostAsync(body);
        Assert.True(later.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.BadRequest);
        Assert.DoesNotContain("\"duplicate\":true", await later.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
