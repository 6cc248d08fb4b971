using LeadFunctions.Settings;

namespace LeadFunctions.Tests.Settings;

public sealed class SettingsReaderTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public void Values_are_read_and_trimmed()
    {
        var settings = Given.Settings(
            ("a:text", " x "),
            ("a:number", " 5 "),
            ("a:flag", "TRUE"),
            ("a:wait", "01:30:00"),
            ("a:day", "friday"));

        Assert.Equal("x", settings.Text("a:text"));
        Assert.Equal(5, settings.Int("a:number", 1, 0, 10));
        Assert.True(settings.Flag("a:flag", false));
        Assert.Equal(TimeSpan.FromMinutes(90), settings.Duration("a:wait", Day, TimeSpan.Zero, Day));
        Assert.Equal(DayOfWeek.Friday, settings.Choice("a:day", DayOfWeek.Monday));
        Assert.Empty(settings.Faults);
    }

    [Fact]
    public void A_key_vault_reference_that_azure_left_as_it_stands_is_no_value()
    {
        const string Reference = "@Microsoft.KeyVault(VaultName=v;SecretName=s)";
        var settings = Given.Settings(("a", Reference), ("b:0", Reference), ("c:anna", Reference));

        settings.Text("a");
        settings.List("b");
        settings.Named("c");

        Assert.Equal(["a", "b:0", "c:anna"], settings.Faults.Select(fault => fault.Key));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void What_is_absent_or_blank_has_its_default(string? value)
    {
        var settings = Given.Settings(("a", value));

        Assert.Null(settings.Text("a"));
        Assert.Equal(7, settings.Int("a", 7, 0, 10));
        Assert.True(settings.Flag("a", true));
        Assert.Equal(Day, settings.Duration("a", Day, TimeSpan.Zero, Day));
        Assert.Equal(DayOfWeek.Monday, settings.Choice("a", DayOfWeek.Monday));
        Assert.Null(settings.List("a"));
        Assert.Empty(settings.Faults);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void A_number_out_of_range_or_none_at_all_is_a_fault(string value) =>
        Assert.Contains("a whole number from 0 to 10", TheFault(value, settings => settings.Int("a", 1, 0, 10)), StringComparison.Ordinal);

    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    public void A_flag_is_true_or_false(string value) =>
        Assert.Contains("true or false", TheFault(value, settings => settings.Flag("a", true)), StringComparison.Ordinal);

    [Theory]
    [InlineData("30")]
    [InlineData("30s")]
    [InlineData("-00:00:01")]
    [InlineData("00:00:90")]
    [InlineData("2.00:00:00")]
    [InlineData("24:00:00")]
    public void A_duration_out_of_range_or_of_another_form_is_a_fault(string value) =>
        Assert.Contains(
            "a duration",
            TheFault(value, settings => settings.Duration("a", Day, TimeSpan.Zero, Day)),
            StringComparison.Ordinal);

    [Fact]
    public void Twenty_four_hours_are_never_taken_for_twenty_four_days() =>
        Assert.Contains(
            "days.hours",
            TheFault("24:00:00", settings => settings.Duration("a", Day, TimeSpan.Zero, 365 * Day)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Caturday")]
    [InlineData("5")]
    [InlineData("Monday,Friday")]
    public void A_choice_is_one_of_the_names(string value) =>
        Assert.Contains("Sunday, Monday", TheFault(value, settings => settings.Choice("a", DayOfWeek.Monday)), StringComparison.Ordinal);

    [Fact]
    public void What_is_required_and_missing_is_a_fault_that_says_what_to_set() =>
        Assert.Contains("set it to an address", TheFault(" ", settings => settings.Required("a", "an address")), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_collected()
    {
        var settings = Given.Settings(("a", "x"), ("b", "y"), ("c", "00:00:05,z,00:00:10"));

        settings.Int("a", 1, 0, 10);
        settings.Flag("b", false);
        settings.Durations("c", [], TimeSpan.Zero, Day);
        settings.Required("d", "something");

        Assert.Equal(["a", "b", "c", "d"], settings.Faults.Keys());
    }

    [Fact]
    public void Durations_are_a_list_of_durations() =>
        Assert.Equal(
            [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), Day],
            Given.Settings(("a", "00:00:05, 00:01:00; 1.00:00:00")).Durations("a", [], TimeSpan.Zero, Day));

    [Fact]
    public void Names_and_values_below_a_key_are_a_map_that_keeps_empty_values()
    {
        var settings = Given.Settings(("a:x", "1"), ("a:y", ""));

        Assert.Equal([("x", "1"), ("y", "")], settings.Map("a").Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(["x", "y"], settings.Names("a").Order());
    }

    private static string TheFault(string value, Action<SettingsReader> read)
    {
        var settings = Given.Settings(("a", value));
        read(settings);
        var fault = Assert.Single(settings.Faults);
        Assert.Equal("a", fault.Key);
        Assert.True(string.IsNullOrWhiteSpace(value) || !fault.Message.Contains($"'{value}'", StringComparison.Ordinal));
        return fault.Message;
    }
}
