using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs;

public sealed class RunQueryTests
{
    [Theory]
    [InlineData("status=dead", "status")]
    [InlineData("status=Delivered", "status")]
    [InlineData("status=delivered&status=refused", "status")]
    [InlineData("take=0", "take")]
    [InlineData("take=501", "take")]
    [InlineData("take=-1", "take")]
    [InlineData("take=5e1", "take")]
    [InlineData("take=99999999999999999999", "take")]
    [InlineData("next=42", "next")]
    [InlineData("test=yes", "test")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=21.11.2026", "from")]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("to=2026-11-21T25:00:00Z", "to")]
    [InlineData("format=xml", "format")]
    [InlineData("status=refused&destination=crm", "destination")]
    [InlineData("status=refused&test=true", "test")]
    [InlineData("status=x&take=x&next=x&test=x&from=x&to=x&format=x", "format from next status take test to")]
    [InlineData("format=csv&from=x", "from")]
    public async Task Every_parameter_that_cannot_be_read_is_named(string query, string names)
    {
        await using var app = await LeadApp.StartAsync();

        var problem = await app.RefusedQueryAsync($"/api/runs?{query}");

        Assert.Equal(names.Split(' '), problem.Paths);
    }
}
