using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Settings;

public sealed class DestinationFaultTests
{
    private static readonly (string Key, string? Value)[] Dataverse =
    [
        ("Destinations:d:Kind", "Dataverse"), ("Destinations:d:Url", "https://contoso.crm.dynamics.com"),
        ("Destinations:d:TenantId", "t"), ("Destinations:d:ClientId", "c"), ("Destinations:d:ClientSecret", "s"),
    ];

    private static readonly (string Key, string? Value)[] SendGrid =
    [
        ("Destinations:d:Kind", "SendGrid"),
        ("Destinations:d:ApiKey", "SG.hush"),
        ("Destinations:d:From", "leads@contoso.com"),
        ("Destinations:d:To", "sales@contoso.com"),
    ];

    private static readonly (string Key, string? Value)[] File = [("Destinations:d:Kind", "File")];

    private static readonly (string Key, string? Value)[] MailDrop = [("Destinations:d:Kind", "MailDrop")];

    [Fact]
    public void A_missing_kind_is_one_fault_and_names_the_kinds()
    {
        var fault = Assert.Single(Given.FaultsAtStart(("Destinations:d:ApiKey", "x"), ("Destinations:d:When:ActionCode", "INS")));

        Assert.Equal("Destinations:d:Kind", fault.Key);
        Assert.Contains("Dataverse, SendGrid, File, MailDrop", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my crm")]
    [InlineData("crm/1")]
    [InlineData("naïve")]
    [InlineData("a-name-that-is-much-too-long-to-be-shown-in-a-table-of-deliveries-or-anywhere")]
    public void A_name_that_can_not_stand_everywhere_is_a_fault(string name) =>
        Assert.Equal([$"Destinations:{name}"], Given.FaultsAtStart(($"Destinations:{name}:Kind", "File")).Keys());

    [Theory]
    [InlineData("Url", null)]
    [InlineData("Url", "contoso.crm.dynamics.com")]
    [InlineData("Url", "ftp://contoso.crm.dynamics.com")]
    [InlineData("Url", "http://contoso.crm.dynamics.com")]
    [InlineData("Url", "https://me:hush@contoso.crm.dynamics.com")]
    [InlineData("Auth", "Password")]
    [InlineData("Auth", "None")]
    [InlineData("TenantId", null)]
    [InlineData("ClientId", " ")]
    [InlineData("ClientSecret", null)]
    [InlineData("Table", "leads?$top=1")]
    [InlineData("Columns:subject", "{{#if x}}")]
    [InlineData("MaxLengths:subject", "none")]
    [InlineData("Types:subject", "Blob")]
    [InlineData("Sources", "nowhere")]
    [InlineData("Events", "canceled")]
    public void Dataverse_needs_an_address_a_sign_in_and_templates_that_work(string setting, string? value) =>
        HasFault(Dataverse, setting, value);

    [Theory]
    [InlineData("https://contoso.crm.dynamics.com/main.aspx?appid=1")]
    [InlineData("https://contoso.crm.dynamics.com/XRMServices/2011/Organization.svc")]
    [InlineData("https://contoso.crm.dynamics.com/api/data/v9.2/leads")]
    [InlineData("https://contoso.crm.dynamics.com/contoso")]
    [InlineData("https://contoso.crm.dynamics.com/?code=hush")]
    [InlineData("https://contoso.crm.dynamics.com/#x")]
    public void An_address_with_a_path_is_told_what_to_be(string url)
    {
        var fault = Assert.Single(Given.FaultsAtStart([.. Dataverse, ("Destinations:d:Url", url)]));

        Assert.Equal("Destinations:d:Url", fault.Key);
        Assert.EndsWith("set it to https://contoso.crm.dynamics.com", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://contoso.crm.dynamics.com")]
    [InlineData("https://contoso.crm.dynamics.com/")]
    [InlineData("https://contoso.api.crm.dynamics.com/api/data/v9.2")]
    [InlineData("https://contoso.api.crm.dynamics.com/api/data/v9.2/")]
    [InlineData("https://contoso.crm.dynamics.com/api/data/")]
    public void The_address_that_Developer_resources_show_can_be_pasted(string url) =>
        Assert.Equal(new Uri(new Uri(url), "/"), SettingsOf.Read(reader => RemoteUrl.Read(reader, "Url", null), ("Url", url)));

    [Fact]
    public void A_certificate_must_be_there()
    {
        HasFault([.. Dataverse, ("Destinations:d:Auth", "Certificate")], "CertificatePath", null);
        HasFault([.. Dataverse, ("Destinations:d:Auth", "Certificate")], "CertificatePath", "no-such-file.pfx");
    }

    [Fact]
    public void On_this_machine_dataverse_needs_neither_https_nor_a_sign_in() =>
        Assert.Empty(
            Given.FaultsAtStart(
                ("Destinations:d:Kind", "Dataverse"),
                ("Destinations:d:Url", "http://127.0.0.1:5000"),
                ("Destinations:d:Auth", "None")));

    [Theory]
    [InlineData("ApiKey", null)]
    [InlineData("From", null)]
    [InlineData("From", "nobody")]
    [InlineData("To", null)]
    [InlineData("To", "nobody")]
    [InlineData("To", "sales@contoso.com, nobody")]
    [InlineData("To", "{{#if x}}@contoso.com")]
    [InlineData("Cc", "nobody")]
    [InlineData("Bcc", "nobody")]
    [InlineData("Host", "http://api.sendgrid.com")]
    [InlineData("Sandbox", "yes")]
    [InlineData("ReplyToLead", "yes")]
    [InlineData("Subject", "{{#each}}")]
    [InlineData("Text", "{{nohelper 1 2}}")]
    [InlineData("Html", "{{#if x}}")]
    [InlineData("Html", "<a href={{Website}}>their page</a>")]
    [InlineData("Url", "https://api.sendgrid.com")]
    public void SendGrid_needs_a_key_addresses_and_templates_that_work(string setting, string? value) => HasFault(SendGrid, setting, value);

    [Theory]
    [InlineData("Columns:subject", "{{#if x}}")]
    [InlineData("ApiKey", "SG.hush")]
    public void A_file_takes_only_its_own_settings(string setting, string? value) => HasFault(File, setting, value);

    [Theory]
    [InlineData("From", "nobody")]
    [InlineData("To", "nobody")]
    [InlineData("Host", "https://api.sendgrid.com")]
    public void A_mail_drop_takes_only_its_own_settings(string setting, string? value) => HasFault(MailDrop, setting, value);

    [Fact]
    public void Files_and_mail_drops_need_nothing_but_their_kind() =>
        Assert.Empty(Given.FaultsAtStart([.. File, ("Destinations:mail:Kind", "maildrop")]));

    [Fact]
    public void No_value_is_ever_in_a_message()
    {
        var faults = Given.FaultsAtStart(
            ("Intake:Keys", "hush"),
            ("Runs:Keys:0", "hush"),
            ("Intake:RateLimit", "hush"),
            ("Delivery:RetrySchedule", "hush"),
            ("Store:Kind", "hush"),
            ("Store:ConnectionSecret", "hush"),
            ("Destinations:a:Kind", "Dataverse"),
            ("Destinations:a:Url", "hush"),
            ("Destinations:a:Auth", "hush"),
            ("Destinations:a:Password", "hush"),
            ("Destinations:a:Table", "hush!"),
            ("Destinations:b:Kind", "SendGrid"),
            ("Destinations:b:From", "hush"),
            ("Destinations:b:To", "hush"),
            ("Destinations:b:Host", "https://hush:hush@localhost"),
            ("Destinations:b:Sandbox", "hush"),
            ("Destinations:c:Kind", "hush"));

        Assert.True(faults.Count > 15, string.Join('\n', faults));
        Assert.DoesNotContain(faults, fault => fault.Message.Contains("hush", StringComparison.OrdinalIgnoreCase));
    }

    private static void HasFault((string Key, string? Value)[] good, string setting, string? value)
    {
        Assert.Empty(Given.FaultsAtStart([.. good.Where(_ => setting != "CertificatePath")]));
        var fault = Assert.Single(Given.FaultsAtStart([.. good, ($"Destinations:d:{setting}", value)]));
        Assert.Equal($"Destinations:d:{setting}", fault.Key);
        Assert.DoesNotContain("hush", fault.Message, StringComparison.Ordinal);
    }
}
