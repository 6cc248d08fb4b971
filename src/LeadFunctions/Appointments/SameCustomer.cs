using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>How much of two identities is the same, from nothing to sure.</summary>
internal enum Likeness
{
    /// <summary>Somebody else: another id, or another address and another name.</summary>
    Other,

    /// <summary>The address or the name is another, and nothing more can be compared.</summary>
    Unsure,

    /// <summary>Nothing can be compared.</summary>
    Nothing,

    /// <summary>Of address and name one is the same and one is another: it was corrected, or two people share one.</summary>
    Corrected,

    /// <summary>The address is the same and no name can be compared; or the name is, and nothing else can be compared.</summary>
    OneSign,

    AddressAndName,

    Id,
}

/// <summary>Who a customer is, as far as an event says; null: it doesn't say.</summary>
/// <param name="Id">Bookings' own.</param>
/// <param name="Address">The e-mail address, without regard to casing, white space and how letters are composed.</param>
/// <param name="Name">In the same form.</param>
internal sealed record CustomerIdentity(string? Id, string? Address, string? Name)
{
    public static readonly CustomerIdentity Nobody = new(null, null, null);

    /// <summary>What can name the customer's row, best first.</summary>
    [JsonIgnore]
    public IEnumerable<string> Keys => new[] { Address, Id, Name }.OfType<string>();

    public static CustomerIdentity Of(LeadContent content) =>
        Of(content.Text("CustomerId"), content.Text("UserDetails", "Email") ?? content.Text("CustomerEmail"), content.Text("CustomerName"));

    public static CustomerIdentity Of(string? id, string? address, string? name) => new(
        id?.Trim() is { Length: > 0 } trimmed ? trimmed : null,
        Folded(address is not null && address.Contains('@', StringComparison.Ordinal) ? EmailText.Clean(address) : address),
        Folded(name));

    /// <summary>Without regard to casing, to white space, and to how a letter is composed.</summary>
    public static string? Folded(string? text)
    {
        var words = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : string.Join(' ', words).Normalize(NormalizationForm.FormKC).ToLowerInvariant();
    }

    /// <summary>With what was known before and isn't said now.</summary>
    public CustomerIdentity Or(CustomerIdentity before) => new(Id ?? before.Id, Address ?? before.Address, Name ?? before.Name);

    /// <summary>As hashes that say nothing elsewhere.</summary>
    public CustomerIdentity Hashed(string appointmentId) =>
        new(Hash(appointmentId, Id), Hash(appointmentId, Address), Hash(appointmentId, Name));

    public Likeness To(CustomerIdentity other) => (Same(Id, other.Id), Same(Address, other.Address), Same(Name, other.Name)) switch
    {
        (true, _, _) => Likeness.Id,
        (_, true, true) => Likeness.AddressAndName,
        (_, true, null) or (null, null, true) => Likeness.OneSign,
        (false, _, _) or (_, false, false) => Likeness.Other,
        (_, true, false) or (_, false, true) => Likeness.Corrected,
        (_, null, null) => Likeness.Nothing,
        _ => Likeness.Unsure,
    };

    private static bool? Same(string? one, string? other) => one is null || other is null ? null : one == other;

    private static string? Hash(string appointmentId, string? text) =>
        text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{appointmentId}\n{text}")).AsSpan(0, 8));
}

/// <summary>A customer whom an event names, or of whom something is known already.</summary>
/// <param name="IsBooking">
/// It is a creation that says so: it names the customer as they booked, so that nothing is corrected between two of them.
/// </param>
internal readonly record struct NamedCustomer(CustomerIdentity Who, bool IsBooking = false);

/// <summary>
/// The one rule for who is the same customer of an appointment: whoever has the same id; the same address and name; the same address, or
/// the same name, where nothing more can be compared; and whoever was corrected, of whom address or name is another now.
/// </summary>
internal static class SameCustomer
{
    // Of so many people by one name or address none can be told from the others.
    private const int MostAlike = 50;

    private static readonly Likeness[] Surest = [Likeness.Id, Likeness.AddressAndName, Likeness.OneSign, Likeness.Corrected];

    /// <summary>Both name one customer surely enough, also within one list.</summary>
    public static bool AreSame(CustomerIdentity one, CustomerIdentity other) => one.To(other) >= Likeness.OneSign;

    /// <summary>They can't be the same customer, even when there is only one.</summary>
    public static bool AreTwo(NamedCustomer one, NamedCustomer other) => one.Who.To(other.Who) switch
    {
        Likeness.Other => true,
        Likeness.Unsure or Likeness.Corrected => one.IsBooking && other.IsBooking,
        _ => false,
    };

    /// <summary>
    /// For each who is named the known one who is the same, or -1. What is surer is found for everybody before what is less sure, and no
    /// two are the same known one.
    /// </summary>
    /// <param name="isEverybody">
    /// All who are there are named: where several are as like, the first of them is taken. Otherwise none is.
    /// </param>
    public static int[] Find(IReadOnlyList<NamedCustomer> named, IReadOnlyList<NamedCustomer> known, bool isEverybody)
    {
        var bySign = known
            .SelectMany((one, index) => Signs(one.Who).Select(sign => (sign, index)))
            .ToLookup(one => one.sign, one => one.index);
        var found = Enumerable.Repeat(-1, named.Count).ToArray();
        var free = Enumerable.Repeat(true, known.Count).ToArray();
        foreach (var level in Surest)
        {
            for (var index = 0; index < named.Count; index++)
            {
                if (found[index] < 0 && Only(Alike(named[index], level)) is { } one)
                {
                    (found[index], free[one]) = (one, false);
                }
            }
        }

        return found;

        IEnumerable<int> Alike(NamedCustomer one, Likeness level) => Signs(one.Who)
            .SelectMany(sign => bySign[sign].Take(MostAlike))
            .Distinct()
            .Where(other => free[other] && one.Who.To(known[other].Who) == level && !AreTwo(one, known[other]));

        int? Only(IEnumerable<int> alike) => alike.Order().Take(2).ToArray() switch
        {
            [var one] => one,
            [var first, _] when isEverybody => first,
            _ => null,
        };
    }

    /// <summary>For each of a list the place of the first who is the same: who is in it twice is one customer.</summary>
    public static int[] Distinct(IReadOnlyList<CustomerIdentity> listed)
    {
        var bySign = new Dictionary<(char, string), List<int>>();
        var first = new int[listed.Count];
        for (var place = 0; place < listed.Count; place++)
        {
            var who = listed[place];
            var signs = Signs(who).ToArray();
            var alike = signs
                .SelectMany(sign => bySign.GetValueOrDefault(sign, []).Take(MostAlike))
                .Where(other => AreSame(who, listed[other]));
            first[place] = alike.Select(other => (int?)first[other]).Min() ?? place;
            foreach (var sign in signs)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(bySign, sign, out _) ??= []).Add(place);
            }
        }

        return first;
    }

    /// <summary>
    /// The row of somebody of whom <see cref="Find"/> found nobody: that of their best key, unless it is somebody else's, then that of
    /// the next.
    /// </summary>
    /// <param name="isFree">Whether a row is nobody's, or may be theirs.</param>
    public static LeadId Row(string appointmentId, IReadOnlyList<string> keys, Func<LeadId, bool> isFree) => keys
        .Append(string.Join('\n', keys.Where(key => key.Length > 0)))
        .Concat(Enumerable.Range(2, int.MaxValue - 2).Select(number => string.Create(CultureInfo.InvariantCulture, $"{keys[0]}\n{number}")))
        .Select(key => AppointmentLead.RowId(appointmentId, key))
        .First(isFree);

    private static IEnumerable<(char Kind, string Text)> Signs(CustomerIdentity who)
    {
        if (who.Id is { } id)
        {
            yield return ('i', id);
        }

        if (who.Address is { } address)
        {
            yield return ('a', address);
        }

        if (who.Name is { } name)
        {
            yield return ('n', name);
        }
    }
}
