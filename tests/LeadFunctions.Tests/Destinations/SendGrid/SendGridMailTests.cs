using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Destinations.SendGrid;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Destinations.SendGrid;

public sealed class SendGridMailTests
{
    [Property]
    public Property The_body_says_what_the_library_itself_would_send()
    {
        // MailWriter gives no empty text. Half of a pair is in no lead.
        var text = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(any => "x" + string.Concat((any ?? "").Where(letter => !char.IsSurrogate(letter)))),
            Gen.Elements("\U0001F600 \U00020BB7", "\u00A0\u3000 'é'", "<b>&\"\\"));
        var address =
            from name in Gen.OneOf(text.Select(known => (string?)known), Gen.Constant<string?>(null))
            from local in Gen.Elements("someone", "a.b", "x_y", "it")
            select new MailAddressText($"{local}@contoso.example", name);
        // The library would leave out an address that stands twice; MailWriter writes each once.
        var addresses = address.ListOf().Select(all => all.DistinctBy(known => known.Address).ToArray());
        var mails =
            from @from in address
            from to in addresses
            from cc in addresses
            from bcc in addresses
            from replyTo in Gen.OneOf(address.Select(known => (MailAddressText?)known), Gen.Constant<MailAddressText?>(null))
            from subject in text
            from plain in text
            from html in text
            from sandbox in ArbMap.Default.GeneratorFor<bool>()
            from categories in text.ListOf()
            select SendGridMail.Of(
                new Mail(@from, to, cc, bcc, replyTo, subject, plain, $"<p>{html}</p>", []),
                LeadId.New(DateTimeOffset.UnixEpoch),
                sandbox,
                [.. categories]);

        return Prop.ForAll(
            mails.ToArbitrary(),
            message =>
            {
                var (ours, theirs) = (SendGridMail.Json(message), message.Serialize());
                return JsonNode.DeepEquals(JsonNode.Parse(ours), JsonNode.Parse(theirs)).Label($"{ours}\n{theirs}");
            });
    }
}
