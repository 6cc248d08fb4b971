using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LeadFunctions.Appointments;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Intake;
using LeadFunctions.Intake.Schema;
using LeadFunctions.Leads;
using LeadFunctions.Runs.Pages;
using LeadFunctions.Store;
using LeadFunctions.Tests.Destinations.Rendering;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>
/// What a body of 250 KB, made to cost much, may cost: 16 MB, however it was made. Of time, catastrophes are told here; the benchmark <c>cost</c> measures
/// whole requests against 50 ms of CPU.
/// </summary>
public sealed class CostTests
{
    private const int Megabyte = 1024 * 1024;
    private const int MostMegabytes = 16;

    public static TheoryData<string> Leads => new(CostlyBodies.Leads.Keys);

    public static TheoryData<string> Appointments => new(CostlyBodies.Appointments.Keys);

    [Theory]
    [MemberData(nameof(Leads))]
    public void Of_a_lead(string what)
    {
        var body = Bytes(CostlyBodies.Leads[what]);
        var schema = LeadSchema.Documented();
        schema.Validate("""{"ActionCode":5}"""u8);

        var normalised = Costs("checks", () => Check(body, schema));
        if (normalised is { SurelyValid: true, Json: var json })
        {
            Rendered(json, content => new Lead(LeadId.New(Posted.At), Sources.Marketplace, null, Posted.At, content));
        }
    }

    [Theory]
    [MemberData(nameof(Appointments))]
    public void Of_an_appointment(string what)
    {
        var schema = LeadSchema.Appointments();
        schema.Validate("""{"Id":5}"""u8);
        Costs("checks", () => Check(Bytes(CostlyBodies.Appointments[what]), schema));

        // The most of its kind that are taken.
        var taken = new[] { CostlyBodies.MostBytes, CostlyBodies.MostOfManyValues }
            .Select(most => Check(Encoding.UTF8.GetBytes(CostlyBodies.Appointments[what](most)), schema))
            .FirstOrDefault(normalised => normalised is { SurelyValid: true, Json: var json } && !AppointmentIntake.IsTooMuch(json));
        if (taken is not { Json: var json })
        {
            return;
        }

        var customers = Costs("customers", () => AppointmentSplit.ByCustomer(json));
        var lead = Lead("created", customers[0].Content);
        var other = Lead("updated", new LeadContent("""{"Id":"1","CustomerName":"a"}"""u8.ToArray()));
        if (lead.SharedRow is not null)
        {
            // It comes again, and a short event takes over what it said, and so does the next.
            Costs("again", () => EventMerge.SaysMore(lead.Content, new LeadContent(customers[0].Content.Utf8.ToArray())));
            var completed = Costs("completed", () => EventMerge.Complete(other, lead));
            Costs("completed again", () => EventMerge.Complete(other, completed));
        }

        Rendered(customers[0].Content.Utf8.ToArray(), content => lead with { Content = content });

        static Lead Lead(string name, LeadContent content) =>
            AppointmentLead.Of(name, LeadId.New(Posted.At), content, null, Posted.At);
    }

    [Theory]
    [MemberData(nameof(Leads))]
    public void A_body_of_twice_the_length_costs_twice_as_much(string what)
    {
        var schema = LeadSchema.Documented();
        var (half, whole) = (CostlyBodies.Leads[what](CostlyBodies.MostBytes / 2), CostlyBodies.Leads[what](CostlyBodies.MostBytes));

        var (one, other) = (Allocated(half), Allocated(whole));

        Assert.True(other < (2.6 * one) + Megabyte, $"{one} bytes for {half.Length}, and {other} for {whole.Length}");

        long Allocated(string body)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            Check(bytes, schema);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Check(bytes, schema);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Very_many_values_in_very_many_levels_are_refused_and_few_in_as_many_levels_are_taken()
    {
        var deep = $$"""{"p":{{new string('[', 62)}}1{{new string(']', 62)}},"q":"{{new string('q', 240_000)}}"}""";

        Assert.Null(BodyFault.Of(PostedBody.Of(Encoding.UTF8.GetBytes(deep)), out _));
        Assert.Contains(
            "too many levels for its length",
            BodyFault.Of(PostedBody.Of(Bytes(CostlyBodies.Leads["lists in lists"])), out _)!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_post_is_answered_and_its_page_is_bounded()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(CostlyBodies.Leads["many under a long name"](240_000))).LeadId;
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

    /// <summary>What intake does with it; null where it is refused.</summary>
    private static NormalisedLead? Check(byte[] body, LeadSchema schema)
    {
        if (BodyFault.Of(PostedBody.Of(body), out var document) is not null)
        {
            return null;
        }

        using (document)
        {
            var normalised = LeadNormaliser.Normalise(document!.RootElement, schema.Outline);
            if (!normalised.SurelyValid)
            {
                Assert.InRange(schema.Validate(normalised.Json).Count, 1, LeadSchema.MostViolations);
            }

            return normalised;
        }
    }

    /// <summary>A row, a mail, a page, and an erasure: each time of a lead that was just read.</summary>
    private static void Rendered(byte[] json, Func<LeadContent, Lead> lead)
    {
        Costs("row", () => CrmRow.Of(lead(new LeadContent(json))));
        Assert.InRange(Costs("mail", () => Written.Mail(lead(new LeadContent(json)))).Text.Length, 1, 3 * FieldList.MostLetters);
        Costs("page", () => Page(lead(new LeadContent(json))));
        Costs("erasure", () => Erasure(lead(new LeadContent(json)).Content));
    }

    private static int Page(Lead lead)
    {
        var output = new ArrayBufferWriter<byte>();
        RunPage.Render(new Run(lead, [], [], []), new Dictionary<string, string>(), _ => null, null).WriteTo(output);
        return output.WrittenCount;
    }

    private static bool Erasure(LeadContent content)
    {
        var erasing = new PersonalDataEraser("a@b.example");
        return erasing.Concerns(content) && erasing.Without(content).Utf8.Length > 0;
    }

    private static T Costs<T>(string what, Func<T> act)
    {
        act();
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Cpu());

        var result = act();

        var (allocated, took) = (GC.GetAllocatedBytesForCurrentThread() - before, Cpu() - started);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {took.TotalMilliseconds:0.0} ms, {allocated / (double)Megabyte:0.0} MB");
        Assert.True(allocated < MostMegabytes * Megabyte, $"{what}: {allocated} bytes");
        // Far more than is usual, on whatever machine; what grows with the square of the body would take seconds.
        Assert.True(took < TimeSpan.FromMilliseconds(1_000), $"{what}: {took}");
        return result;
    }

    private static byte[] Bytes(Func<int, string> make)
    {
        var bytes = Encoding.UTF8.GetBytes(make(CostlyBodies.MostBytes));
        Assert.InRange(bytes.Length, 100_000, 262_144);
        return bytes;
    }

    /// <summary>What this thread has used, where the system tells it: others may keep it waiting.</summary>
    private static TimeSpan Cpu()
    {
        const string ThisThread = "/proc/thread-self/schedstat";
        return File.Exists(ThisThread)
            ? TimeSpan.FromMilliseconds(long.Parse(File.ReadAllText(ThisThread).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6)
            : Stopwatch.GetElapsedTime(0);
    }
}
