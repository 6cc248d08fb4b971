using LeadFunctions.Destinations;
using LeadFunctions.Destinations.Dataverse;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Dataverse;

/// <summary>A Dataverse that wants tokens, the Entra ID that gives them, and the destination between them with the real Azure.Identity.</summary>
internal sealed class DataverseRig : IAsyncDisposable
{
    private readonly RemoteClient _remote = new();
    private readonly HttpClient _identity;

    private DataverseRig(FakeDataverse crm, FakeEntra entra)
    {
        Crm = crm;
        Entra = entra;
        _identity = LoopbackAuthorityHandler.CreateClient(entra.Url);
    }

    public FakeDataverse Crm { get; }

    public FakeEntra Entra { get; }

    public static async Task<DataverseRig> StartAsync()
    {
        var crm = await FakeDataverse.StartAsync(requireToken: true);
        return new DataverseRig(crm, await FakeEntra.StartAsync(crm));
    }

    public DataverseDestination Destination(
        EntraAuth auth = EntraAuth.ClientSecret, Uri? url = null, string? secret = null, string? certificatePath = null, string table = "leads", RowOptions? row = null) => new(
        new DataverseOptions(url ?? Crm.Url, new EntraSignIn(auth, Entra.TenantId, Entra.ClientId, secret ?? Entra.ClientSecret, certificatePath), table, row ?? CrmRow.Options()),
        new DestinationServices(_remote, TimeProvider.System, _identity));

    public async ValueTask DisposeAsync()
    {
        _remote.Dispose();
        _identity.Dispose();
        await Crm.DisposeAsync();
        await Entra.DisposeAsync();
    }
}
