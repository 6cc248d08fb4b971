namespace LeadFunctions.Benchmarks.Programs;

/// <summary>A Dataverse and a SendGrid destination on this machine.</summary>
internal sealed record LoopbackDestinations(Uri Dataverse, Uri SendGrid)
{
    // Below 1024 and without a service: no program is given it by chance.
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    /// <summary>Nothing listens there: accepting writes the lead and both deliveries, and the worker leaves the destination alone after a few refusals.</summary>
    public static LoopbackDestinations Absent { get; } = LoopbackAddress.TryConnect(Nowhere.Port) is null
        ? new LoopbackDestinations(Nowhere, Nowhere)
        : throw new InvalidOperationException($"Something listens on {Nowhere}: stop it, the figure of accepting alone needs an address without a listener.");

    public Dictionary<string, string> Settings() => new()
    {
        ["Destinations__crm__Kind"] = "Dataverse",
        ["Destinations__crm__Url"] = Dataverse.ToString(),
        ["Destinations__crm__Auth"] = "None",
        ["Destinations__mail__Kind"] = "SendGrid",
        ["Destinations__mail__Host"] = SendGrid.ToString(),
        ["Destinations__mail__ApiKey"] = "SG.a-key-for-benchmarks",
        ["Destinations__mail__From"] = "leads@contoso.example",
        ["Destinations__mail__To"] = "sales@contoso.example",
    };
}
