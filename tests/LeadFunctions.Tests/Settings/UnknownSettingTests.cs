namespace LeadFunctions.Tests.Settings;

public sealed class UnknownSettingTests
{
    [Fact]
    public void A_key_that_nobody_reads_is_named_with_those_that_are_known()
    {
        var settings = Given.Settings(("Intake:Kees", "secret"), ("Intake:Keys:0", "x"), ("Intake:RateLimit", "5"));
        settings.List("Intake:Keys");
        settings.Int("Intake:RateLimit", 0, 0, 10);

        settings.RefuseUnknown("Intake");

        var fault = Assert.Single(settings.Faults);
        Assert.Equal("Intake:Kees", fault.Key);
        Assert.EndsWith("known here: Keys, RateLimit", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_casing_of_a_key_does_not_matter()
    {
        var settings = Given.Settings(("INTAKE:RATELIMIT", "5"));
        settings.Int("Intake:RateLimit", 0, 0, 10);

        settings.RefuseUnknown("Intake");

        Assert.Empty(settings.Faults);
    }

    [Theory]
    [InlineData("Intake:MaxBodySize")]
    [InlineData("Store:Folder")]
    [InlineData("Delivery:Retries")]
    [InlineData("Delivery:RetrySchedul:0")]
    [InlineData("Runs:Key")]
    [InlineData("Destinations:crm:Colums:subject")]
    public void The_program_does_not_start_with_one(string key)
    {
        var parts = key.Split(':');
        var expected = parts[0] == "Destinations" ? "Destinations:crm:Colums" : $"{parts[0]}:{parts[1]}";

        Assert.Equal([expected], Given.FaultsAtStart(("Destinations:crm:Kind", "File"), (key, "x")).Keys());
    }
}
