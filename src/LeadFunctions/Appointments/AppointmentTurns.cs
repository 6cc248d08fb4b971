using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>Lets one event of an appointment at a time be kept by this program. Few appointments share a turn.</summary>
internal sealed class AppointmentTurns
{
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    public async Task<T> TakeAsync<T>(LeadId appointment, Func<Task<T>> act)
    {
        var turn = _turns[(uint)appointment.GetHashCode() % _turns.Length];
        await turn.WaitAsync();
        try
        {
            return await act();
        }
        finally
        {
            turn.Release();
        }
    }
}
