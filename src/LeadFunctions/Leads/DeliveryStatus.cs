namespace LeadFunctions.Leads;

/// <summary>The states of a delivery: pending → in_flight → delivered | pending (due later) | dead_letter → pending | discarded.</summary>
internal enum DeliveryStatus
{
    Pending,
    InFlight,
    Delivered,
    DeadLetter,
    Discarded,
}
