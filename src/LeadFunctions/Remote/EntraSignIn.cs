using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeadFunctions.Settings;

namespace LeadFunctions.Remote;

/// <summary>How the program signs in to a remote system that trusts Microsoft Entra ID.</summary>
internal enum EntraAuth
{
    ClientSecret,
    Certificate,
    ManagedIdentity,

    /// <summary>No sign-in, for a stand-in on this machine.</summary>
    None,
}

/// <summary>The program's identity at Microsoft Entra ID.</summary>
internal sealed record EntraSignIn(EntraAuth Auth, string? TenantId, string? ClientId, string? ClientSecret, string? CertificatePath)
{
    /// <param name="system">Where its tokens are for.</param>
    public static EntraSignIn Read(SettingsReader settings, string section, Uri system)
    {
        var auth = settings.Choice($"{section}:Auth", EntraAuth.ClientSecret);
        if (auth == EntraAuth.None && !system.IsLoopback)
        {
            settings.Fault(
                $"{section}:Auth",
                "is None, which is for an address on this machine alone; use ClientSecret, Certificate or ManagedIdentity");
        }

        if (settings.Text($"{section}:TenantId") is { } tenant
            && !tenant.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-'))
        {
            settings.Fault($"{section}:TenantId", "is neither a tenant's id nor its domain");
        }

        return new EntraSignIn(
            auth,
            WhenUsed(
                settings,
                $"{section}:TenantId",
                auth is EntraAuth.ClientSecret or EntraAuth.Certificate,
                "the directory (tenant) id of the app registration"),
            WhenUsed(
                settings,
                $"{section}:ClientId",
                auth is EntraAuth.ClientSecret or EntraAuth.Certificate,
                "the application (client) id of the app registration"),
            WhenUsed(settings, $"{section}:ClientSecret", auth == EntraAuth.ClientSecret, "a client secret of the app registration"),
            ReadCertificate(settings, section, auth));
    }

    private static string? WhenUsed(SettingsReader settings, string key, bool used, string what) =>
        used ? settings.Required(key, what) : settings.Text(key);

    private static string? ReadCertificate(SettingsReader settings, string section, EntraAuth auth)
    {
        var path = WhenUsed(
            settings,
            $"{section}:CertificatePath",
            auth == EntraAuth.Certificate,
            "a .pem or .pfx file with the certificate and its private key");
        if (auth == EntraAuth.Certificate && !string.IsNullOrEmpty(path))
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
                settings.Fault(
                    $"{section}:CertificatePath",
                    $"names a file that can't be read as a certificate with its private key ({exception.GetType().Name})");
            }
        }

        return path;
    }
}
