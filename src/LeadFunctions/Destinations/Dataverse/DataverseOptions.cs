using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Destinations.Http;
using LeadFunctions.Destinations.Rows;
using LeadFunctions.Settings;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>How the program signs in to Dataverse.</summary>
internal enum DataverseAuth
{
    ClientSecret,
    Certificate,
    ManagedIdentity,

    /// <summary>No sign-in, for a Dataverse stand-in on this machine.</summary>
    None,
}

/// <param name="Url">The environment: <c>https://contoso.crm.dynamics.com</c>.</param>
/// <param name="Table">The entity set's name. Default <c>leads</c>.</param>
internal sealed record DataverseOptions(
    Uri Url,
    DataverseAuth Auth,
    string? TenantId,
    string? ClientId,
    string? ClientSecret,
    string? CertificatePath,
    string Table,
    RowOptions Row)
{
    public static DataverseOptions Read(SettingsReader settings, string section)
    {
        var url = RemoteUrl.Read(settings, $"{section}:Url", fallback: null);
        var auth = settings.Choice($"{section}:Auth", DataverseAuth.ClientSecret);
        if (auth == DataverseAuth.None && !url.IsLoopback)
        {
            settings.Fault($"{section}:Auth", "is None, which is for an address on this machine alone; use ClientSecret, Certificate or ManagedIdentity");
        }

        if (settings.Text($"{section}:TenantId") is { } tenant && !tenant.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-'))
        {
            settings.Fault($"{section}:TenantId", "is neither a tenant's id nor its domain");
        }

        return new DataverseOptions(
            url,
            auth,
            WhenUsed(settings, $"{section}:TenantId", auth is DataverseAuth.ClientSecret or DataverseAuth.Certificate, "the directory (tenant) id of the app registration"),
            WhenUsed(settings, $"{section}:ClientId", auth is DataverseAuth.ClientSecret or DataverseAuth.Certificate, "the application (client) id of the app registration"),
            WhenUsed(settings, $"{section}:ClientSecret", auth == DataverseAuth.ClientSecret, "a client secret of the app registration"),
            ReadCertificate(settings, section, auth),
            ReadTable(settings, section),
            RowOptions.Read(settings, section));
    }

    private static string? WhenUsed(SettingsReader settings, string key, bool used, string what) =>
        used ? settings.Required(key, what) : settings.Text(key);

    private static string? ReadCertificate(SettingsReader settings, string section, DataverseAuth auth)
    {
        var path = WhenUsed(settings, $"{section}:CertificatePath", auth == DataverseAuth.Certificate, "a .pem or .pfx file with the certificate and its private key");
        if (auth == DataverseAuth.Certificate && !string.IsNullOrEmpty(path))
        {
            try
            {
                using var certificate = Path.GetExtension(path).Equals(".pfx", StringComparison.OrdinalIgnoreCase)
                    ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null)
                    : X509Certificate2.CreateFromPemFile(path);
                if (!certificate.HasPrivateKey)
                {
                    settings.Fault($"{section}:CertificatePath", "names a file without the certificate's private key");
                }
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                settings.Fault($"{section}:CertificatePath", $"names a file that can't be read as a certificate with its private key ({exception.GetType().Name})");
            }
        }

        return path;
    }

    private static string ReadTable(SettingsReader settings, string section)
    {
        var table = settings.Text($"{section}:Table", "leads");
        if (!table.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            settings.Fault($"{section}:Table", "is not an entity set's name: letters, digits and underscores");
        }

        return table;
    }
}
