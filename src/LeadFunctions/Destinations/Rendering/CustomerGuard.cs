using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Rendering;

/// <summary>
/// Spares customers mails: none about a test lead or to somebody who asked not to be contacted, and only so many a day to one
/// address, as anybody can make leads with anybody's address. What is not sent is recorded as done, with the reason.
/// </summary>
internal sealed class CustomerGuard(MailOptions options, MailCount count)
{
    /// <summary>Why a lead gets no mail whatever it says; null: it may get one.</summary>
    public DeliveryOutcome? Skip(Lead lead) =>
        !options.ToCustomer ? null
        : lead.IsTest ? new DeliveryOutcome.Delivered(null, Note: "Not sent: a test lead has no customer.")
        : lead.DoNotContact ? new DeliveryOutcome.Delivered(null, Note: "Not sent: the customer asked not to be contacted.")
        : null;

    /// <summary>Counts the mail; the outcome when it must not be sent.</summary>
    public async Task<DeliveryOutcome?> CountAsync(LeadDelivery delivery, Mail mail)
    {
        if (!options.ToCustomer || mail.Customers.Count == 0)
        {
            return null;
        }

        return await count(
            [.. mail.Customers.Select(address => Hash(delivery.Destination, address))],
            delivery.Lead.Id,
            options.MostPerAddressAndDay) switch
        {
            true => null,
            false => new DeliveryOutcome.Delivered(
                null,
                Note: $"Not sent: this address has got {options.MostPerAddressAndDay} of these mails today (MostPerAddressAndDay)."),
            null => new DeliveryOutcome.Retry(null, "How many mails this address got today could not be read. Nothing was sent."),
        };
    }

    private static byte[] Hash(string destination, string address) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{destination}\n{address.ToUpperInvariant()}"))[..16];
}

/// <summary>
/// Counts a lead's mail to each of these recipients today, once however often it is tried. False: one of them had
/// <paramref name="most"/> already, and nothing was counted; null: it can't be told now.
/// </summary>
/// <param name="recipients">16 bytes for each, which say nothing about who it is.</param>
internal delegate Task<bool?> MailCount(IReadOnlyList<byte[]> recipients, LeadId lead, int most);
