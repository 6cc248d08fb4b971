using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments.Graph;

/// <summary>What a customer of an appointment is known by, as hashes that say nothing elsewhere.</summary>
internal sealed record CustomerTraits(string? Id, string? Address, string? Name)
{
    public static readonly CustomerTraits None = new(null, null, null);

    public static CustomerTraits Of(string appointment, LeadContent content) => new(
        Hash(appointment, content.Text("CustomerId")),
        Hash(appointment, CustomerKey.Folded(content.Text("CustomerEmail"))),
        Hash(appointment, CustomerKey.Folded(content.Text("CustomerName"))));

    /// <summary>With what was known before and isn't said now.</summary>
    public CustomerTraits Or(CustomerTraits before) => new(Id ?? before.Id, Address ?? before.Address, Name ?? before.Name);

    private static string? Hash(string appointment, string? trait) =>
        trait is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{appointment}\n{trait}")).AsSpan(0, 8));
}
