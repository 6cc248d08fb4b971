using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>How alike two identities are, from surely different to surely the same.</summary>
internal enum Likeness
{
    /// <summary>Two people: the ids differ, or the addresses and the names both do.</summary>
    Other,

    /// <summary>The addresses or the names differ, and nothing more can be compared.</summary>
    Unsure,

    /// <summary>Nothing can be compared.</summary>
    Nothing,

    /// <summary>Either the address or the name differs: it was corrected, or two people share the other one.</summary>
    Corrected,

    /// <summary>The addresses are the same and no names can be compared, or the names are and nothing else can be compared.</summary>
    OneSign,

    /// <summary>The addresses and the names are the same.</summary>
    AddressAndName,

    /// <summary>The ids are the same.</summary>
    Id,
}

/// <summary>Who a customer is, as far as an event says. What it doesn't say is null.</summary>
/// <param name="Id">The id that Bookings gave the customer.</param>
/// <param name="Address">The e-mail address, <see cref="Folded"/>.</param>
/// <param name="Name">The name, <see cref="Folded"/>.</param>
internal sealed record CustomerIdentity(string? Id, string? Address, string? Name)
{
    public static readonly CustomerIdentity Nobody = new(null, null, null);

    /// <summary>The keys that the customer's row can get its id from, best first.</summary>
    [JsonIgnore]
    public IEnumerable<string> RowKeys => new[] { Address, Id, Name }.OfType<string>();

    public static CustomerIdentity Of(LeadContent content) =>
        Of(content.Text("CustomerId"), content.Text("UserDetails", "Email") ?? content.Text("CustomerEmail"), content.Text("CustomerName"));

    public static CustomerIdentity Of(string? id, string? address, string? name) => new(
        id?.Trim() is { Length: > 0 } trimmed ? trimmed : null,
        Folded(address is not null && address.Contains('@', StringComparison.Ordinal) ? EmailText.Clean(address) : address),
        Folded(name));

    /// <summary>
    /// The form in which texts are compared: casing and white space make no difference. Whether a letter came as one code point or as two
    /// does: .NET composes none without ICU (InvariantGlobalization).
    /// </summary>
    public static string? Folded(string? text)
    {
        var words = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : string.Join(' ', words).ToLowerInvariant();
    }

    /// <summary>This identity, with what it doesn't say taken from an earlier one.</summary>
    public CustomerIdentity FilledFrom(CustomerIdentity before) => new(Id ?? before.Id, Address ?? before.Address, Name ?? before.Name);

    /// <summary>This identity as hashes. They differ from those of the same customer at another appointment.</summary>
    public CustomerIdentity Hashed(string appointmentId) =>
        new(Hash(appointmentId, Id), Hash(appointmentId, Address), Hash(appointmentId, Name));

    public Likeness LikenessTo(CustomerIdentity other) => (Same(Id, other.Id), Same(Address, other.Address), Same(Name, other.Name)) switch
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
