using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class AnyInputTests
{
    private static readonly byte[] Lead = Encoding.UTF8.GetBytes(Samples.Read("lead-contact-me.json"));

    [Fact]
    public Task Any_bytes_get_an_answer() => HoldsForAsync(ArbMap.Default.ArbFor<byte[]>(), 200);

    [Fact]
    public Task Any_object_gets_an_answer() =>
        HoldsForAsync(JsonBodies.Any.Generator.Select(body => Encoding.UTF8.GetBytes(body.ToString())).ToArbitrary(), 300);

    [Fact]
    public Task A_lead_with_bytes_changed_gets_an_answer()
    {
        var change = Gen.Choose(0, Lead.Length - 1).SelectMany(at => Gen.Choose(0, 255), (at, value) => (At: at, Value: (byte)value));
        return HoldsForAsync(change.NonEmptyListOf().Select(changes =>
        {
            var body = Lead.ToArray();
            foreach (var (at, value) in changes)
            {
                body[at] = value;
            }

            return body;
        }).ToArbitrary(), 300);
    }

    [Fact]
    public Task A_lead_cut_anywhere_gets_an_answer() =>
        HoldsForAsync(Gen.Choose(0, Lead.Length).Select(length => Lead[..length]).ToArbitrary(), 100);

    private static async Task HoldsForAsync(Arbitrary<byte[]> bodies, int tests)
    {
        await using var app = await LeadApp.StartAsync([("Destinations:none:Kind", "File"), ("Destinations:none:When:Lead.Source", "nowhere")]);
        await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(bodies, body => AnswersAsync(app, body))), TestContext.Current.CancellationToken);
    }

    /// <summary>A 202 with a durable run, or a 400 with the body kept; never anything else.</summary>
    private static async Task AnswersAsync(LeadApp app, byte[] body)
    {
        using var response = await app.PostAsync(new ByteArrayContent(body));
        if (response.StatusCode == HttpStatusCode.Accepted)
        {
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(await app.Store.FindRunAsync(LeadId.Parse(JsonElement.Parse(text).GetProperty("leadId").GetString()!)));
            return;
        }

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.NotEmpty(answer.Errors);
        Assert.Equal(body, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Body.ToArray());
    }
}
