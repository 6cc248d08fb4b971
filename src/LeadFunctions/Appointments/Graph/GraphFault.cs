namespace LeadFunctions.Appointments.Graph;

/// <summary>Why Microsoft Graph gave no appointments.</summary>
internal enum GraphFaultKind
{
    /// <summary>No token: the sign-in itself failed.</summary>
    SignIn,

    /// <summary>Graph refused the token, and a new one too.</summary>
    Unauthorized,

    /// <summary>The permission is missing, or nobody consented to it.</summary>
    Forbidden,

    /// <summary>No such business, or none that this application may see.</summary>
    UnknownBusiness,

    Throttled,

    /// <summary>No answer, or one that says it is Graph's own trouble.</summary>
    Down,

    /// <summary>An answer that Graph isn't documented to give.</summary>
    Unexpected,
}

/// <param name="Reason">What happened, with Graph's own words.</param>
/// <param name="Wait">How long Graph asked to be left alone.</param>
internal sealed record GraphFault(GraphFaultKind Kind, int? HttpStatus, string Reason, TimeSpan? Wait = null);

/// <summary>Graph can't be read now.</summary>
internal sealed class GraphUnavailableException(GraphFault fault) : Exception(fault.Reason)
{
    public GraphFault Fault { get; } = fault;
}

/// <summary>What to do about a fault.</summary>
internal static class GraphAdvice
{
    public static string For(GraphFaultKind fault, string business) =>
        fault switch
        {
            GraphFaultKind.SignIn =>
                "Check Bookings:TenantId, ClientId and ClientSecret (a secret ends after at most two years: make a new one in the app "
                    + "registration), or with Bookings:Auth = ManagedIdentity that the app has an identity.",
            GraphFaultKind.Unauthorized =>
                "The token is not one for this Graph: check that Bookings:TenantId is the tenant of the business, and "
                    + "Bookings:GraphUrl its cloud.",
            GraphFaultKind.Forbidden =>
                "Give the app registration or the managed identity the application permission Bookings.Read.All (Microsoft Graph), and let "
                    + "an administrator grant consent for it. It can take some minutes to count.",
            GraphFaultKind.UnknownBusiness =>
                $"Set Bookings:Businesses to the address of the booking page's mailbox ({business} is not known); it stands in the page's "
                    + "URL, and in Bookings under Business information. It must be in the tenant that Bookings:TenantId names.",
            GraphFaultKind.Throttled =>
                "Microsoft Graph asks to be left alone for a while, which is respected. When it stays so, set a "
                    + "longer Bookings:PollInterval.",
            GraphFaultKind.Down =>
                "Nothing is lost: what happens meanwhile is found the next time. See the Microsoft 365 service health, and whether this "
                    + "machine may reach the host of Bookings:GraphUrl.",
            _ => "Check Bookings:GraphUrl; a proxy may have answered in Graph's place.",
        };
}
