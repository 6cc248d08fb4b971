using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Settings;

public sealed class FullConfigurationTests
{
    [Fact]
    public void Every_documented_setting_is_known()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Repository.Root, "src/LeadFunctions/Intake/Schema/lead.schema.json"), folder.File("schema.json"));
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=LeadFunctions test",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder.File("app.pem"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());

        var faults = Given.FaultsAtStart(
            ("Intake:Keys", "first-key-of-sixteen-letters,second-key-of-sixteen-letters"), ("Intake:MaxBodyBytes", "65536"),
            ("Intake:DuplicateWindow", "00:00:00"), ("Intake:RateLimit", "10"), ("Intake:SchemaFile", folder.File("schema.json")),
            ("Store:Kind", "sqlite"), ("Store:Retention", "30.00:00:00"),
            ("Delivery:RetrySchedule:0", "00:00:05"), ("Delivery:RetrySchedule:1", "1.00:00:00"), ("Delivery:Concurrency", "4"),
            ("Delivery:AttemptTimeout", "00:00:20"), ("Delivery:LeaseDuration", "00:01:00"),
            ("Destinations:crm:Kind", "Dataverse"), ("Destinations:crm:Url", "https://contoso.crm.dynamics.com"),
            ("Destinations:crm:Auth", "ClientSecret"), ("Destinations:crm:TenantId", "t"), ("Destinations:crm:ClientId", "c"),
            ("Destinations:crm:ClientSecret", "s"), ("Destinations:crm:Table", "leads"),
            ("Destinations:crm:Columns:subject", "{{OfferTitle}}"), ("Destinations:crm:Columns:jobtitle", ""),
            ("Destinations:crm:Sources", "marketplace"), ("Destinations:crm:Events", "created,updated"),
            ("Destinations:crm:When:Lead.Action:0", "INS"), ("Destinations:crm:When:UserDetails.Country", "DE,AT"),
            ("Destinations:crm2:Kind", "Dataverse"), ("Destinations:crm2:Url", "https://contoso.crm.dynamics.com/"),
            ("Destinations:crm2:Auth", "Certificate"), ("Destinations:crm2:TenantId", "t"), ("Destinations:crm2:ClientId", "c"),
            ("Destinations:crm2:CertificatePath", folder.File("app.pem")),
            ("Destinations:crm3:Kind", "Dataverse"), ("Destinations:crm3:Url", "https://contoso.crm.dynamics.com/"),
            ("Destinations:crm3:Auth", "ManagedIdentity"), ("Destinations:crm3:ClientId", "c"),
            ("Destinations:mail:Kind", "SendGrid"), ("Destinations:mail:ApiKey", "SG.x"),
            ("Destinations:mail:Host", "https://api.eu.sendgrid.com"), ("Destinations:mail:From", "Leads <leads@contoso.com>"),
            ("Destinations:mail:FromName", "Contoso leads"),
            ("Destinations:mail:To:0", "sales@contoso.com"), ("Destinations:mail:To:1", "{{UserDetails.Country}}@contoso.com"),
            ("Destinations:mail:Cc", "a@contoso.com"), ("Destinations:mail:Bcc", "b@contoso.com"),
            ("Destinations:mail:ReplyToLead", "false"),
            ("Destinations:mail:Subject", "{{OfferTitle}}"), ("Destinations:mail:Text", "{{Description}}"),
            ("Destinations:mail:Html", "<p>{{Description}}</p>"), ("Destinations:mail:Sandbox", "true"),
            ("Destinations:rows:Kind", "File"), ("Destinations:rows:Path", folder.File("rows.jsonl")),
            ("Destinations:drop:Kind", "MailDrop"), ("Destinations:drop:Path", folder.File("mail")),
            ("Bookings:Businesses:0", "contoso@contoso.com"), ("Bookings:GraphUrl", "https://graph.microsoft.us"),
            ("Bookings:Auth", "Certificate"), ("Bookings:TenantId", "t"), ("Bookings:ClientId", "c"),
            ("Bookings:CertificatePath", folder.File("app.pem")),
            ("Bookings:PollInterval", "00:01:00"), ("Bookings:Window:Back", "2.00:00:00"), ("Bookings:Window:Ahead", "90.00:00:00"),
            ("Bookings:TakeExisting", "false"),
            ("Runs:Keys", "third-key-of-sixteen-letters"), ("urls", "http://*:7071"));

        Assert.Empty(faults);
    }

    [Fact]
    public void With_no_setting_at_all_it_starts() => Assert.Empty(Given.FaultsAtStart());
}
