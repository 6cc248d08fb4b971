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
