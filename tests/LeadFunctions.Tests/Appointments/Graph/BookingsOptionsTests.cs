using LeadFunctions.Appointments.Graph;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Appointments.Graph;

public sealed class BookingsOptionsTests
{
    private static readonly (string Key, string Value)[] Least =
    [
        ("Bookings:Businesses", "contoso@contoso.example"), ("Bookings:TenantId", "contoso.example"), ("Bookings:ClientId", "client"), ("Bookings:ClientSecret", "secret"),
    ];

    [Fact]
    public void Without_a_business_nothing_is_read() => Assert.Null(SettingsOf.Read(BookingsOptions.Read));

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        var options = SettingsOf.Read(BookingsOptions.Read, Least)!;

        Assert.Equal(["contoso@contoso.example"], options.Businesses);
        Assert.Equal(new Uri("https://graph.microsoft.com"), options.Graph);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), TimeSpan.FromDays(365), true), (options.PollInterval, options.Back, options.Ahead, options.TakeExisting));
    }

    [Fact]
    public void A_managed_identity_needs_no_secret() =>
        Assert.Equal(EntraAuth.ManagedIdentity, SettingsOf.Read(BookingsOptions.Read, ("Bookings:Businesses:0", "a@b.example"), ("Bookings:Auth", "ManagedIdentity"))!.SignIn.Auth);

    [Theory]
    [InlineData("Bookings:Businesses", "a@b.example, A@B.example", "twice")]
    [InlineData("Bookings:GraphUrl", "http://graph.example", "https://")]
    [InlineData("Bookings:Auth", "None", "this machine")]
    [InlineData("Bookings:ClientSecret", "", "missing")]
    [InlineData("Bookings:PollInterval", "00:00:01", "duration")]
    [InlineData("Bookings:Window:Ahead", "1 year", "duration")]
    [InlineData("Bookings:TakeExisting", "perhaps", "true or false")]
    public void A_fault_is_named_with_its_key(string key, string value, string words)
    {
        var settings = SettingsOf.Reader([.. Least.Where(setting => setting.Key != key), (key, value)]);

        BookingsOptions.Read(settings);

        var fault = Assert.Single(settings.Faults);
        Assert.Equal(key, fault.Key);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_without_a_business_are_a_fault()
    {
        var settings = SettingsOf.Reader(("Bookings:TenantId", "contoso.example"));

        BookingsOptions.Read(settings);
        settings.RefuseUnknown("Bookings");

        Assert.Equal("Bookings:Businesses", Assert.Single(settings.Faults).Key);
    }
}
