using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests;

public sealed class QuickStartTests
{
    [Fact]
    public async Task The_documented_sample_becomes_a_row_and_a_mail()
    {
        await using var app = await LeadApp.StartAsync();

        var answer = await app.AcceptAsync(Samples.Documented);
        await app.WaitForStatusAsync(answer.LeadId, "delivered");

        Assert.Contains("\"lastname\":\"One\"", await File.ReadAllTextAsync(app.Folder.File("crm.jsonl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(File.Exists(app.Folder.File($"mail/{answer.LeadId}.eml")));
    }
}
