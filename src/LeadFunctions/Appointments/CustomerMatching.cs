using System.Globalization;
using System.Runtime.InteropServices;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>How an event that arrives, or a stored lead, names a customer.</summary>
/// <param name="IsFromCreation">
/// A creation names the customer as they booked. Nothing is corrected between two creations: if they differ, they name two customers.
/// </param>
internal readonly record struct CustomerMention(CustomerIdentity Identity, bool IsFromCreation = false);

/// <summary>
/// The one rule for who is the same customer of an appointment. These are the same: two with the same id; two with the same address and
/// name; two with the same address or the same name, where nothing more can be compared; and, last, two of whom either the address or the
/// name differs, because it was corrected.
/// </summary>
internal static class CustomerMatching
{
    // More people than this by one name or address are not compared: none of them could be told from the others.
    private const int MostAlike = 50;

    private static readonly Likeness[] SurestFirst = [Likeness.Id, Likeness.AddressAndName, Likeness.OneSign, Likeness.Corrected];

    /// <summary>The two can't be the same customer, even where no other one is known.</summary>
    public static bool CannotBeSame(CustomerMention one, CustomerMention other) => one.Identity.LikenessTo(other.Identity) switch
    {
        Likeness.Other => true,
        Likeness.Unsure or Likeness.Corrected => one.IsFromCreation && other.IsFromCreation,
        _ => false,
    };

    /// <summary>
    /// For each customer who is named, the index of the known one who is the same, or -1. The surest matches are made first, for everybody,
    /// and no known one is matched twice.
    /// </summary>
    /// <param name="isEverybody">
    /// The event names all customers of the appointment: of several known ones who are equally alike the first is taken. Otherwise none of
    /// them is.
    /// </param>
    public static int[] Find(IReadOnlyList<CustomerMention> named, IReadOnlyList<CustomerMention> known, bool isEverybody)
    {
        var bySign = known
            .SelectMany((one, index) => Signs(one.Identity).Select(sign => (sign, index)))
            .ToLookup(one => one.sign, one => one.index);
        var found = Enumerable.Repeat(-1, named.Count).ToArray();
        var free = Enumerable.Repeat(true, known.Count).ToArray();
        foreach (var likeness in SurestFirst)
        {
            for (var index = 0; index < named.Count; index++)
            {
                if (found[index] < 0 && TheOne(Alike(named[index], likeness)) is { } match)
                {
                    (found[index], free[match]) = (match, false);
                }
            }
        }

        return found;

        IEnumerable<int> Alike(CustomerMention one, Likeness likeness) => Signs(one.Identity)
            .SelectMany(sign => bySign[sign].Take(MostAlike))
            .Distinct()
            .Where(other => free[other]
                && one.Identity.LikenessTo(known[other].Identity) == likeness
                && !CannotBeSame(one, known[other]));

        int? TheOne(IEnumerable<int> alike) => alike.Order().Take(2).ToArray() switch
        {
            [var one] => one,
            [var first, _] when isEverybody => first,
            _ => null,
        };
    }

    /// <summary>For each entry of a list, the place of the first entry that is the same customer; that may be its own place.</summary>
    public static int[] Distinct(IReadOnlyList<CustomerIdentity> listed)
    {
        var bySign = new Dictionary<(char, string), List<int>>();
        var first = new int[listed.Count];
        for (var place = 0; place < listed.Count; place++)
        {
            var identity = listed[place];
            var signs = Signs(identity).ToArray();
            var alike = signs
                .SelectMany(sign => bySign.GetValueOrDefault(sign, []).Take(MostAlike))
                .Where(other => AreSame(identity, listed[other]));
            first[place] = alike.Select(other => (int?)first[other]).Min() ?? place;
            foreach (var sign in signs)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(bySign, sign, out _) ??= []).Add(place);
            }
        }

        return first;
    }

    /// <summary>
    /// The row of a customer for whom <see cref="Find"/> found nobody: the row of their best key; if that is somebody else's, the row of
    /// the next key.
    /// </summary>
    /// <param name="isFree">Whether a row can be this customer's: it is nobody's, or nothing says that it is somebody else's.</param>
    public static LeadId NewRow(string appointmentId, IReadOnlyList<string> keys, Func<LeadId, bool> isFree) => keys
        .Append(string.Join('\n', keys.Where(key => key.Length > 0)))
        .Concat(Enumerable.Range(2, int.MaxValue - 2).Select(number => string.Create(CultureInfo.InvariantCulture, $"{keys[0]}\n{number}")))
        .Select(key => AppointmentLead.RowId(appointmentId, key))
        .First(isFree);

    /// <summary>Two entries of one list are the same customer.</summary>
    private static bool AreSame(CustomerIdentity one, CustomerIdentity other) => one.LikenessTo(other) >= Likeness.OneSign;

    private static IEnumerable<(char Kind, string Text)> Signs(CustomerIdentity identity)
    {
        if (identity.Id is { } id)
        {
            yield return ('i', id);
        }

        if (identity.Address is { } address)
        {
            yield return ('a', address);
        }

        if (identity.Name is { } name)
        {
            yield return ('n', name);
        }
    }
}
