using LeadFunctions.Delivery;
using LeadFunctions.Intake;
using LeadFunctions.Runs;
using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Hosting;

namespace LeadFunctions.Tests.Settings;

public sealed class OptionFaultTests
{
    [Theory]
    [InlineData("aB3+dE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3%dE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3&dE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3#dE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3 dE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3édE6/gH9kLmNoPqRsTuV==", true)]
    [InlineData("aB3-dE6/gH9kLmNoPqRsTuV==", false)]
    [InlineData("aB3_dE6.gH9~LmNoPqRsTuV$!", false)]
    public void An_intake_key_that_a_URL_changes_is_a_fault_with_the_keys_name_and_not_the_key(string key, bool isFault)
    {
        var reader = SettingsOf.Reader(("Intake:Keys:marketplace", key), ("Intake:Keys:flow", "a-key-of-letters-and-digits"));

        IntakeOptions.Read(reader, Alone);

        Assert.Equal(isFault ? ["Intake:Keys:marketplace"] : [], reader.Faults.Select(fault => fault.Key));
        Assert.All(reader.Faults, fault => Assert.DoesNotContain(key, fault.Message, StringComparison.Ordinal));
    }

    private static readonly StartEnvironment Alone = StartEnvironment.Read(Given.Settings());

    [Theory]
    [InlineData("Intake:MaxBodyBytes", "0")]
    [InlineData("Intake:MaxBodyBytes", "1GB")]
    [InlineData("Intake:DuplicateWindow", "-1.00:00:00")]
    [InlineData("Intake:DuplicateWindow", "24:00:00")]
    [InlineData("Intake:RateLimit", "-1")]
    [InlineData("Intake:Keys", "too-short")]
    [InlineData("Intake:Keys:1", "too-short")]
    [InlineData("Intake:SchemaFile", "no-such-file.json")]
    [InlineData("Store:Kind", "Postgres")]
    [InlineData("Store:Retention", "00:00:01")]
    [InlineData("Delivery:RetrySchedule", "soon")]
    [InlineData("Delivery:RetrySchedule:3", "31.00:00:00")]
    [InlineData("Delivery:Concurrency", "0")]
    [InlineData("Delivery:AttemptTimeout", "00:00:00")]
    [InlineData("Delivery:LeaseDuration", "00:00:00")]
    [InlineData("Runs:Keys", "too-short")]
    public void A_value_that_can_not_be_used_is_a_fault_under_its_key(string key, string value)
    {
        var fault = Assert.Single(Given.FaultsAtStart((key, value)));

        Assert.Equal(key.TrimEnd(':', '1', '3'), fault.Key);
        Assert.DoesNotContain("too-short", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_shown_at_once_and_the_message_lists_them()
    {
        var faults = Given.FaultsAtStart(
            ("Intake:RateLimit", "x"),
            ("Store:Retention", "x"),
            ("Delivery:Concurrency", "x"),
            ("Runs:Keys", "x"),
            ("Destinations:crm:Kind", "x"),
            ("Runs:Other", "x"));

        Assert.Equal(
            ["Delivery:Concurrency", "Destinations:crm:Kind", "Intake:RateLimit", "Runs:Keys", "Runs:Other", "Store:Retention"],
            faults.Keys());
        var message = new SettingsException(faults).Message;
        Assert.StartsWith("LeadFunctions can't start: 6 faults", message, StringComparison.Ordinal);
        Assert.All(faults, fault => Assert.Contains($"{fault.Key}: {fault.Message}", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Bogus")]
    [InlineData("Logging:LogLevel:LeadFunctions.Delivery", "warn")]
    [InlineData("Logging:Console:LogLevel:Default", "7up")]
    public void A_level_of_the_log_that_is_none_is_named(string key, string level)
    {
        var fault = Assert.Single(Given.FaultsAtStart((key, level)));

        Assert.Equal(key, fault.Key);
        Assert.Contains("Information, Warning", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Azure_which_keeps_what_is_printed_is_no_place_for_a_key_that_is_made_and_shown(bool inAzure)
    {
        var development = new HostingEnvironment { EnvironmentName = Environments.Development };

        var options = RunOptions.Read(Given.Settings(), new StartEnvironment(BehindHost: true, inAzure, []), development);

        Assert.Equal(!inAzure, options.IsLocal);
    }

    [Theory]
    [InlineData("00:00:30", "00:00:30")]
    [InlineData("00:00:30", "00:00:30.9")]
    [InlineData("00:05:00", null)]
    public void A_lease_must_outlast_an_attempt(string timeout, string? lease)
    {
        var fault = Assert.Single(Given.FaultsAtStart(("Delivery:AttemptTimeout", timeout), ("Delivery:LeaseDuration", lease)));

        Assert.Equal("Delivery:LeaseDuration", fault.Key);
        Assert.Contains("Delivery:AttemptTimeout", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_file_that_is_no_schema_is_a_fault()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("schema.json"), "not json");

        Assert.Equal(["Intake:SchemaFile"], Given.FaultsAtStart(("Intake:SchemaFile", folder.File("schema.json"))).Keys());
    }

    [Fact]
    public void In_azure_sqlite_and_no_destination_are_faults() =>
        Assert.Equal(
            ["Destinations", "Store:Kind"],
            Given.FaultsAtStart(("WEBSITE_INSTANCE_ID", "x"), (StartEnvironment.HostAddress, "http://127.0.0.1:1/")).Keys()
        );

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        var settings = Given.Settings();

        var intake = IntakeOptions.Read(settings, Alone);
        var store = StoreOptions.Read(settings, Alone);
        var delivery = DeliveryOptions.Read(settings);

        Assert.Equal(([], 262_144, TimeSpan.FromDays(1), 0), (intake.Keys, intake.MaxBodyBytes, intake.DuplicateWindow, intake.RateLimit));
        Assert.Equal(
            (StoreKind.Sqlite, Path.GetFullPath("data/leads.db"), TimeSpan.FromDays(90)),
            (store.Kind, store.Path, store.Retention));
        Assert.Equal(
            (8, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)),
            (delivery.Concurrency, delivery.AttemptTimeout, delivery.LeaseDuration));
        Assert.Equal(
            [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400],
            delivery.RetrySchedule.Select(wait => (int)wait.TotalSeconds));
        Assert.Empty(settings.Faults);
    }

    [Fact]
    public void A_configured_schedule_replaces_the_default() =>
        Assert.Equal(
            [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)],
            DeliveryOptions
                .Read(Given.Settings(("Delivery:RetrySchedule:0", "00:00:01"), ("Delivery:RetrySchedule:1", "00:00:02")))
                .RetrySchedule);
}
