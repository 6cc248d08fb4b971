using LeadFunctions.Delivery;
using LeadFunctions.Telemetry.Alerts;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Settings;

namespace LeadFunctions.Tests.Telemetry.Alerts;

public sealed class AlertSettingsTests
{
    private static readonly (string, string?)[] Mail =
    [
        ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:ApiKey", "SG.x"), ("Destinations:mail:From", "a@contoso.example"), ("Destinations:mail:To", "b@contoso.example"),
    ];

    [Theory]
    [InlineData("Alerts", "Alerts:Every=00:05:00")]
    [InlineData("Alerts:Mail:To", "Alerts:Mail:To=nobody")]
    [InlineData("Alerts:Mail:To", "Alerts:Mail:Destination=mail")]
    [InlineData("Alerts:Mail:Destination", "Alerts:Mail:To=ops@contoso.example", "Alerts:Mail:Destination=crm")]
    [InlineData("Alerts:Mail:From", "Alerts:Mail:To=ops@contoso.example", "Alerts:Mail:From=nobody")]
    [InlineData("Alerts:Webhook:Url", "Alerts:Webhook:Url=http://hooks.contoso.example/a")]
    [InlineData("Alerts:Webhook:Format", "Alerts:Mail:To=ops@contoso.example", "Alerts:Webhook:Format=Pigeon")]
    [InlineData("Alerts:PublicUrl", "Alerts:Mail:To=ops@contoso.example", "Alerts:PublicUrl=leads")]
    [InlineData("Alerts:Silence", "Alerts:Mail:To=ops@contoso.example", "Alerts:Silence=often")]
    [InlineData("Alerts:Digest", "Alerts:Mail:To=ops@contoso.example", "Alerts:Digest=7")]
    [InlineData("Alerts:Silense", "Alerts:Mail:To=ops@contoso.example", "Alerts:Silense=1.00:00:00")]
    public void What_is_wrong_with_the_settings_is_said_at_start(string fault, params string[] settings) =>
        Assert.Equal([fault], Given.FaultsAtStart([.. Mail, .. settings.Select(setting => (setting.Split('=')[0], (string?)setting.Split('=')[1]))]).Keys());

    [Theory]
    [InlineData("'Qwertmann' is too long for lastname", "'…' is too long for lastname")]
    [InlineData("qwertmann, ZYXWINA.QWERTMANN@PRIVATE.EXAMPLE: no", "…, …: no")]
    [InlineData("other.person@elsewhere.example is on the list", "… is on the list")]
    [InlineData("The offer 'Offer one' is unknown; ask again", "The offer 'Offer one' is unknown; ask again")]
    public void A_reason_loses_the_people_and_keeps_the_rest(string reason, string without)
    {
        var lead = Posted.Lead("""{"OfferTitle":"Offer one","UserDetails":{"FirstName":"Al","LastName":"Qwertmann","Email":"zyxwina.qwertmann@private.example"}}""");

        Assert.Equal(without, RedactedReason.WithoutPeople(reason, lead.Content));
    }

    [Fact]
    public void A_thing_that_comes_and_goes_is_told_no_more_often_than_the_set_time_and_each_beginning_has_its_end()
    {
        var now = Posted.At;
        var options = new AlertOptions(null, null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.Zero, default, default, 0, null, null, null, false);
        var (note, told) = (AlertNote.None, new List<string>());
        for (var minute = 0; minute < 180; minute++)
        {
            // On for ten minutes, off for ten.
            var (step, after) = AlertDecision.Of(note, new Finding(minute / 10 % 2 == 0), now + TimeSpan.FromMinutes(minute), options);
            note = AlertNote.Parse(after.ToState());
            if (step != AlertStep.Nothing)
            {
                told.Add($"{minute} {step}");
            }
        }

        Assert.Equal(["0 Begin", "10 End", "60 Begin", "70 End", "120 Begin", "130 End"], told);
    }

    [Fact]
    public void What_is_claimed_is_told_by_nobody_else_until_the_claim_ends()
    {
        var now = Posted.At;
        var options = new AlertOptions(null, null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.Zero, default, default, 0, null, null, null, false);
        var claimed = AlertDecision.Claimed(AlertNote.None, now);

        Assert.Equal(AlertStep.Nothing, AlertDecision.Of(claimed, new Finding(true), now + TimeSpan.FromMinutes(1), options).Step);
        Assert.Equal(AlertStep.Begin, AlertDecision.Of(claimed, new Finding(true), now + AlertDecision.ClaimTime, options).Step);
    }
}
