using System.Net;
using LeadFunctions.Settings;

namespace LeadFunctions.Hosting;

/// <summary>The HTTP server: where it listens and what it tolerates.</summary>
internal static class Server
{
    public static void AddServer(this WebApplicationBuilder builder, StartEnvironment start)
    {
        builder.WebHost.UseKestrelCore();
        if (!start.BehindHost && start.Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Bodies are measured where they are read, so that a too large one gets its answer and is kept in part.
            kestrel.Limits.MaxRequestBodySize = null;
            if (start.HostPort is { } port)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
            else
            {
                kestrel.Configure(builder.Configuration.GetSection("Kestrel"), reloadOnChange: false);
            }
        });
        if (!start.BehindHost && !builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            builder.WebHost.UseUrls([.. start.Urls]);
        }
    }
}
