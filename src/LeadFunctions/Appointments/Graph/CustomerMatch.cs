using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>
/// Finds the customers of an appointment among those that were noted: by their id; by address and name; by the address, unless the names differ as
/// well (families share one); by the name. Graph lists them in any order, and an address can be corrected.
/// </summary>
/// <param name="Present">Null: not a customer any more.</param>
internal readonly record struct CustomerMatch(SeenCustomer Now, SeenCustomer? Before, PresentCustomer? Present)
{
    // Each is tried for everybody before the next one, so that the surer sign wins.
    private static readonly Func<CustomerTraits, CustomerTraits, bool>[] Signs =
    [
        (one, other) => Same(one.Id, other.Id),
        (one, other) => Same(one.Address, other.Address) && Same(one.Name, other.Name),
        (one, other) => Same(one.Address, other.Address) && !(Differ(one.Id, other.Id) && Differ(one.Name, other.Name)),
        (one, other) => Same(one.Name, other.Name) && !Differ(one.Id, other.Id),
    ];

    /// <summary>Those who were noted and those who are there now. Who has left stays known: their row is nobody else's.</summary>
    public static IReadOnlyList<CustomerMatch> Of(string appointment, IReadOnlyList<SeenCustomer> before, IReadOnlyList<PresentCustomer> present)
    {
        var found = new Dictionary<PresentCustomer, SeenCustomer>();
        // Who is still there before who has left.
        List<SeenCustomer> left = [.. before.OrderByDescending(one => one.IsThere)];
        foreach (var sign in Signs)
        {
            Find(one => left.Find(known => sign(one.Traits, known.Traits)));
        }

        Find(one => left.Find(known => MayBeOfTheSameRow(one, known) && known.Row == Row(appointment, one.Keys[0])));

        var rows = before.Select(one => one.Row).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. present.Select(one => found.TryGetValue(one, out var known)
                ? new CustomerMatch(new SeenCustomer(known.Row, one.State, one.Traits.Or(known.Traits)), known, one)
                : new CustomerMatch(new SeenCustomer(NewRow(appointment, one.Keys, rows), one.State, one.Traits), null, one)),
            .. left.Select(one => new CustomerMatch(one with { State = "" }, one, null)),
        ];

        void Find(Func<PresentCustomer, SeenCustomer?> look)
        {
            foreach (var one in present.Where(one => !found.ContainsKey(one)))
            {
                if (look(one) is { } known)
                {
                    found[one] = known;
                    left.Remove(known);
                }
            }
        }
    }

    /// <summary>The only customer, or somebody of whom nothing tells who it is, now or in a note of an earlier version.</summary>
    private static bool MayBeOfTheSameRow(PresentCustomer one, SeenCustomer known) => one.Keys[0].Length == 0 || one.Traits == CustomerTraits.None || known.Traits == CustomerTraits.None;

    private static string NewRow(string appointment, IReadOnlyList<string> keys, HashSet<string> taken) =>
        keys.Concat(Enumerable.Range(2, taken.Count + 1).Select(number => $"{keys[0]}\n{number}")).Select(key => Row(appointment, key)).First(taken.Add);

    private static string Row(string appointment, string key) => AppointmentSubject.RowId(appointment, key).ToString();

    private static bool Same(string? one, string? other) => one is not null && one == other;

    private static bool Differ(string? one, string? other) => one is not null && other is not null && one != other;
}
