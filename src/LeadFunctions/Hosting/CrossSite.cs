namespace LeadFunctions.Hosting;

/// <summary>
/// Whether another site's page made a browser send a request. Browsers say so, and no page can make them say otherwise: in
/// <c>Sec-Fetch-Site</c>
/// (https://www.w3.org/TR/fetch-metadata), and in <c>Origin</c> (RFC 6454), which those send too that don't know the first. Programs send
/// neither.
/// </summary>
/// <param name="nameIsKept">
/// Nothing stands before the program that may have put another name into <c>Host</c>: an <c>Origin</c> of another name is another site's,
/// even when the browser says that it asked its own.
/// </param>
internal sealed class CrossSite(bool nameIsKept)
{
    // Which of them a name without a port means is known to the proxy that ends TLS.
    private static readonly int[] UsualPorts = [80, 443];

    /// <summary>
    /// Whether another site's page makes the browser load this address as a part of it or in passing: an image, a frame, a fetch, a
    /// prefetch. A person who follows a link from elsewhere does none of that.
    /// </summary>
    public static bool IsEmbedded(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
        && (request.Headers["Sec-Fetch-Mode"] != "navigate" || request.Headers["Sec-Fetch-Dest"].ToString() is not ("" or "document")
            || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase));

    public bool IsSent(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return true;
        }

        return request.Headers.Origin.ToString() switch
        {
            "" => false,
            // What a browser doesn't want to tell.
            "null" => site != "same-origin",
            var origin => !IsOwn(origin, request) && (nameIsKept || site != "same-origin"),
        };
    }

    // The scheme may differ: a proxy may have ended TLS.
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && request.Host is { HasValue: true } host
        && from.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? from.Port == port : UsualPorts.Contains(from.Port));
}
