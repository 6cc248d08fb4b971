using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Hosting;
using LeadFunctions.Leads;

namespace LeadFunctions.Destinations.Files;

/// <summary>
/// Puts each mail as a file (<c>{lead id}.eml</c>) into a folder: what SendGrid would send, for trying out without an account.
/// </summary>
internal sealed class MailDropDestination(string folder, MailOptions options, MailCount count) : IDestination
{
    private readonly MailWriter _mails = new(options);
    private readonly CustomerGuard _guard = new(options, count);

    public string Preview(LeadDelivery delivery)
    {
        var (mail, fault) = _mails.Write(delivery.Lead, delivery.Answers);
        return mail?.ForPeople ?? fault!;
    }

    public async Task<DeliveryOutcome> SendAsync(LeadDelivery delivery, CancellationToken stop)
    {
        var lead = delivery.Lead;
        if (_guard.Skip(delivery.Lead) is { } skipped)
        {
            return skipped;
        }

        var (mail, fault) = _mails.Write(lead, delivery.Answers);
        if (mail is null)
        {
            return new DeliveryOutcome.Reject(null, fault!);
        }

        if (await _guard.CountAsync(delivery, mail) is { } enough)
        {
            return enough;
        }

        // Written beside its place and then moved: a reader never sees half a mail, and a second attempt replaces the first.
        var half = Path.Combine(folder, $".{lead.Id}");
        try
        {
            // A killed attempt may have left its own.
            Remove(half);
            PrivateFiles.MakeFolder(half);
            using (var message = Message(mail, lead.Id))
            using (var drop = new SmtpClient
            {
                DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory,
                PickupDirectoryLocation = half,
            })
            {
                await drop.SendMailAsync(message, stop);
            }

            var file = Directory.EnumerateFiles(half).Single();
            PrivateFiles.Close(file);
            Sync(file);
            File.Move(file, Path.Combine(folder, $"{lead.Id}.eml"), overwrite: true);
            return new DeliveryOutcome.Delivered(null, $"{lead.Id}.eml") { Request = mail.ForPeople };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SmtpException)
        {
            return new DeliveryOutcome.Retry(null, $"{folder} could not be written: {exception.GetBaseException().GetType().Name}");
        }
        finally
        {
            Remove(half);
        }
    }

    public Task<IReadOnlyList<CheckResult>> CheckAsync(IReadOnlyList<Lead> samples, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([WriteCheck.OfFolder(folder), _mails.Check(samples)]);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static MailMessage Message(Mail mail, LeadId id)
    {
        var message = new MailMessage
        {
            From = Address(mail.From),
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        AddAll(message.To, mail.To);
        AddAll(message.CC, mail.Cc);
        AddAll(message.Bcc, mail.Bcc);
        if (mail.ReplyTo is { } replyTo)
        {
            message.ReplyToList.Add(Address(replyTo));
        }

        message.Headers.Add("X-Lead-Id", id.ToString());
        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(mail.Html, MediaTypeNames.Text.Html));
        return message;
    }

    private static AlternateView View(string text, string type)
    {
        // As it is: quoted-printable here would encode every line break, and nobody could read the file.
        var view = AlternateView.CreateAlternateViewFromString(text.ReplaceLineEndings("\r\n"), Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.EightBit;
        return view;
    }

    private static void AddAll(MailAddressCollection collection, IReadOnlyList<MailAddressText> addresses)
    {
        foreach (var address in addresses)
        {
            collection.Add(Address(address));
        }
    }

    private static MailAddress Address(MailAddressText address) => new(address.Address, address.Name, Encoding.UTF8);
}
