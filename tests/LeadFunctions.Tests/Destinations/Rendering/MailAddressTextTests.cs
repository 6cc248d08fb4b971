using System.Buffers;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Rendering;

public sealed class MailAddressTextTests
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(";,<>\"\r\n@\\");

    [Theory]
    [InlineData("someone@example.com", "someone@example.com", null)]
    [InlineData(" Some One <some.one+tag@mail.example.co.uk> ", "some.one+tag@mail.example.co.uk", "Some One")]
    [InlineData("\"One, Some\" <someone@example.com>", "someone@example.com", "One Some")]
    public void An_address_is_read_with_its_name(string text, string address, string? name)
    {
        Assert.Equal(new MailAddressText(address, name), MailAddressText.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("someone")]
    [InlineData("@example.com")]
    [InlineData("someone@example")]
    [InlineData("someone@-example.com")]
    [InlineData("a..b@example.com")]
    [InlineData("someone@example.com\n")]
    [InlineData("someone@[127.0.0.1]")]
    public void Other_texts_are_no_address(string? text)
    {
        Assert.True(MailAddressText.Parse(text) is null || text!.EndsWith('\n'));
        Assert.False(EmailText.IsAddress(text ?? ""));
    }

    [Fact]
    public void What_passes_for_an_address_passes_at_SendGrid()
    {
        FreeText.Holds(text =>
        {
            foreach (var candidate in new[] { text, text + "@example.com", "a@" + text + ".com", new string('a', Math.Min(text.Length, 80)) + "@example.com" })
            {
                Assert.True(!EmailText.IsAddress(candidate) || EmailAddress.IsValid(candidate), candidate);
            }
        });
    }

    [Fact]
    public void A_name_is_safe_whatever_it_was()
    {
        FreeText.Holds(text =>
        {
            var name = MailAddressText.SafeName(text);

            Assert.True(name is null || (name.Length is > 0 and <= 100 && name.AsSpan().IndexOfAny(Unsafe) < 0 && !name.Any(char.IsControl)), name);
        });
    }
}
