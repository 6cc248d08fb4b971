using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LeadFunctions.Appointments;
using LeadFunctions.Destinations.Content;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Destinations.Content;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>
/// What a body of 250 KB, made to cost much, may cost: its checks grow with its length and not faster, and what is made of it is
/// bounded.
/// </summary>
public sealed class CostTests
{
    private const int Megabyte = 1024 * 1024;
    private const int MostBytes = 250_000;

    public static TheoryData<string, string> Leads => new()
    {
        { "many unknown", Object(number => $"\"p{number}\":1") },
        { "many under a long name", $$"""{"{{new string('n', 190)}}":{{Object(number => $"\"{number}\":1", 240_000)}}}""" },
        { "one name again and again", Object(_ => "\"p\":1") },
        { "a documented name again and again", Object(number => $"\"OfferTitle\":\"{number}\"") },
        { "dotted", Object(number => $"\"UserDetails.p{number}\":1") },
        { "dotted again and again", Object(number => $"\"UserDetails.Email\":\"{number}\"") },
        { "faults", $$"""{"UserDetails":[{{List(_ => """{"Email":5}""")}}]}""" },
        { "a long address", $$$"""{"UserDetails":{"Email":"{{{new string('a', 240_000)}}}@example.com"}}""" },
        { "many addresses", $$$"""{"UserDetails":{"Email":"{{{string.Concat(Enumerable.Repeat("a@b.example ", 20_000))}}}"}}""" },
        { "invisible", $$"""{"Description":"{{new string('\u200b', 80_000)}}x"}""" },
    };

    public static TheoryData<string, string> Appointments => new()
    {
        { "many unknown", Object(number => $"\"p{number}\":1") },
        { "one name again and again", Object(number => $"\"p\":{number}") },
        { "answers", $$"""{"CustomQuestionAnswers":[{{List(number => $$"""{"Question":"{{number}}","Answer":1}""")}}]}""" },
        { "faults of answers", $$"""{"CustomQuestionAnswers":[{{List(_ => "5")}}],"StaffMembers":[{{List(_ => "5", 100)}}]}""" },
        { "faults of customers", $$"""{"Customers":[{{List(_ => """{"Name":5}""")}}]}""" },
        { "faults of staff", $$"""{"StaffMembers":[{{List(_ => "[]")}}]}""" },
        { "one customer again and again", $$"""{"Id":"1","Customers":[{{List(number => $$"""{"Id":"c","Email":"{{number}}"}""")}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Leads))]
    public void Of_a_lead(string what, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.InRange(bytes.Length, 200_000, 262_144);
        var schema = LeadSchema.Documented();
        schema.Validate("""{"ActionCode":5}"""u8);
        NormalisedLead normalised = default;

        Costs(what, 16, () =>
        {
            using var document = JsonDocument.Parse(bytes);
            normalised = LeadNormaliser.Normalise(document.RootElement, schema.Outline);
            if (!normalised.SurelyValid)
            {
                schema.Validate(normalised.Json);
            }
        });
        if (normalised.SurelyValid)
        {
            Render(what, new Lead(LeadId.New(Posted.At), Sources.Marketplace, null, Posted.At, new LeadContent(normalised.Json)));
        }
    }

    [Theory]
    [MemberData(nameof(Appointments))]
    public void Of_an_appointment(string what, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var schema = LeadSchema.Appointments();
        schema.Validate("""{"Id":5}"""u8);
        IReadOnlyList<AppointmentCustomer> customers = [];

        Costs(what, 80, () =>
        {
            using var document = JsonDocument.Parse(bytes);
            var normalised = LeadNormaliser.Normalise(document.RootElement, schema.Outline);
            if (normalised.SurelyValid)
            {
                customers = AppointmentCustomers.Of(normalised.Json);
            }
            else
            {
                Assert.InRange(schema.Validate(normalised.Json).Count, 1, LeadSchema.MostViolations);
            }
        });
        if (customers is [var one])
        {
            Render(what, new Lead(LeadId.New(Posted.At), Sources.Bookings, "created", Posted.At, one.Content));
        }
    }

    [Fact]
    public async Task A_post_is_answered_and_its_page_is_bounded()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync($$"""{"{{new string('n', 190)}}":{{Object(number => $"\"{number}\":1", 240_000)}}}""")).LeadId;
        var run = await app.WaitForStatusAsync(lead, "delivered");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{lead}") { Headers = { { "Accept", "text/html" } } };

        using var page = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.InRange(html.Length, 10_000, 500_000);
        Assert.Contains("more values", html, StringComparison.Ordinal);
        Assert.InRange(run.ToString().Length, 200_000, 500_000);
        Assert.InRange(new FileInfo(app.Folder.File($"mail/{lead}.eml")).Length, 10_000, 500_000);
        Assert.All(run.GetProperty("deliveries").EnumerateArray(), delivery => Assert.InRange(delivery.GetProperty("request").GetString()!.Length, 100, DeliveryOutcome.MostOfRequest + 100));
    }

    private static void Render(string what, Lead lead)
    {
        CrmRow.Of(TestLead);
        Written.Mail(TestLead);
        Costs($"{what}: row and mail", 32, () =>
        {
            CrmRow.Of(lead);
            Assert.InRange(Written.Mail(lead).Text.Length, 1, 3 * FieldList.MostLetters);
        });
    }

    private static Lead TestLead { get; } = Posted.Lead("""{"OfferTitle":"warm"}""");

    private static void Costs(string what, int mostMegabytes, Action act)
    {
        act();
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Cpu());

        act();

        var (allocated, took) = (GC.GetAllocatedBytesForCurrentThread() - before, Cpu() - started);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {took.TotalMilliseconds:0.0} ms, {allocated / (double)Megabyte:0.0} MB");
        Assert.True(allocated < (long)mostMegabytes * Megabyte, $"{what}: {allocated} bytes");
        // A tenth of it is usual; what grows with the square of the body would take seconds.
        Assert.True(took < TimeSpan.FromMilliseconds(500), $"{what}: {took}");
    }

    /// <summary>What this thread has used, where the system tells it: others may keep it waiting.</summary>
    private static TimeSpan Cpu()
    {
        const string ThisThread = "/proc/thread-self/schedstat";
        return File.Exists(ThisThread)
            ? TimeSpan.FromMilliseconds(long.Parse(File.ReadAllText(ThisThread).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6)
            : Stopwatch.GetElapsedTime(0);
    }

    private static string Object(Func<int, string> property, int most = MostBytes) => $"{{{List(property, most)}}}";

    private static string List(Func<int, string> item, int most = MostBytes)
    {
        var list = new StringBuilder();
        for (var number = 0; list.Length < most - 300; number++)
        {
            list.Append(number == 0 ? "" : ",").Append(item(number));
        }

        return list.ToString();
    }
}
