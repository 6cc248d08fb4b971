namespace LeadFunctions.Store;

/// <summary>What became of a lead, as a list can be filtered by.</summary>
internal enum RunState
{
    /// <summary>It has deliveries, nothing waits and nothing was given up on.</summary>
    Delivered,

    /// <summary>Something waits or is under way, and nothing was given up on.</summary>
    InProgress,

    /// <summary>A delivery was given up on.</summary>
    DeadLetter,

    /// <summary>No destination takes it.</summary>
    NoDestination,

    /// <summary>It was posted again within the duplicate window.</summary>
    Repeated,
}
