using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Leads;

internal static class TestLead
{
    public static LeadContent Content(string json) => new(Encoding.UTF8.GetBytes(json));

    public static Lead Of(string json, string? eventName = null) =>
        new(LeadId.New(DateTimeOffset.UnixEpoch), Sources.Marketplace, eventName, DateTimeOffset.UnixEpoch, Content(json));
}
