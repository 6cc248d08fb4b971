using LeadFunctions.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeadFunctions.Hosting;

/// <summary>The HTTP server of the program that runs alone: where it listens and what it tolerates.</summary>
internal static class Server
{
    public static void AddServer(this WebApplicationBuilder builder, StartEnvironment start)
    {
        builder.WebHost.UseKestrelCore();
        BoundedConnections.Add(builder.Services);
        if (start.Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Bodies are measured where they are read, so that a too large one gets its answer and is kept in part.
            kestrel.Limits.MaxRequestBodySize = null;
            // A caller may be slow, not slower than any network: a body that trickles in is cut off after 5 s, headers after 10 s.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            // A lead's post has a dozen short headers.
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            if (builder.Configuration["Kestrel:EndpointDefaults:Protocols"] is null)
            {
                // One post at a time needs no HTTP/2, which lets a caller ask for much with little. Settings turn it on.
                kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }

            kestrel.Configure(builder.Configuration.GetSection("Kestrel"), reloadOnChange: false);
        });
        if (!builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            builder.WebHost.UseUrls([.. start.Urls]);
        }
    }
}
