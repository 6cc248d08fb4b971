using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LeadFunctions.Appointments;
using LeadFunctions.Appointments.Events;
using LeadFunctions.Intake;
using LeadFunctions.Store;
using LeadFunctions.Store.Sqlite;
using LeadFunctions.Tests.Appointments.Graph;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments;

/// <summary>
/// Whatever the order, repetition, splitting and sparseness of an appointment's events, by flow or by Graph: the rows end the same. What
/// can't hold is not generated, see docs/bookings.md: people who share an id, an address or a name; a customer who is named first by one
/// of these and then by another one alone; and news that name nobody, before the customers are known or after one of them has cancelled.
/// </summary>
public sealed class EventsEndTheSameTests
{
    private const string Id = "AAMkScript=";

    private static readonly string[] People = ["Ana", "Bo", "Cem"];
    private static readonly string[] Signs = ["Id", "Name", "Email"];
    private static readonly DateTimeOffset Start = new(2027, 2, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void By_flow_the_rows_end_as_if_each_event_had_come_once_in_order_and_in_full() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var (script, chance) = (Script.Of(new Random(seed)), new Random(~seed));
            var posts = script.Posts(chance);
            var (inOrder, asPosted) = (EndAsync(script.PostsInOrder).GetAwaiter().GetResult(), EndAsync(posts).GetAwaiter().GetResult());
            Assert.True(inOrder.SequenceEqual(asPosted), $"""
                seed {seed}: {script}
                {string.Join('\n', posts)}
                in order:
                {string.Join('\n', inOrder)}
                as posted:
                {string.Join('\n', asPosted)}
                """);
        }));

    [Fact]
    public void By_Graph_the_rows_end_as_they_do_by_flow() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var (script, chance) = (Script.Of(new Random(seed)), new Random(~seed));
            var (byFlow, byGraph) = (EndAsync(script.PostsInOrder).GetAwaiter().GetResult(), EndByGraphAsync(script, chance).GetAwaiter().GetResult());
            Assert.True(byFlow.SequenceEqual(byGraph), $"""
                seed {seed}: {script}
                by flow:
                {string.Join('\n', byFlow)}
                by Graph:
                {string.Join('\n', byGraph)}
                """);
        }));

    private static async Task<string[]> EndAsync(IEnumerable<Post> posts)
    {
        using var folder = new TemporaryFolder(inMemory: true);
        var time = new ManualTime();
        using var store = SqliteLeadStore.Open(folder.File("leads.db"), new DueSignal(), time);
        var options = new IntakeOptions([], 262_144, TimeSpan.FromDays(1), 0);
        var inbox = new LeadInbox(store, [], options, time);
        var intake = new AppointmentIntake(inbox, new AppointmentRecorder(inbox, store, store), options, time);
        foreach (var post in posts)
        {
            Assert.IsType<IntakeResult.AcceptedAll>(await intake.AcceptAsync(post.Event, PostedBody.Of(Encoding.UTF8.GetBytes(post.Body))));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        return await RowsAsync(store);
    }

    private static async Task<string[]> EndByGraphAsync(Script script, Random chance)
    {
        await using var rig = await BookingsRig.StartAsync();
        foreach (var snapshot in script.Snapshots(chance))
        {
            rig.Time.Advance(TimeSpan.FromMinutes(5));
            if (snapshot is null)
            {
                rig.Graph.Cancel(BookingsRig.Business, Id);
            }
            else
            {
                rig.Put(snapshot.With(rig.Now, "id", Id));
            }

            for (var again = chance.Next(3); again >= 0; again--)
            {
                await rig.LookAsync();
                if (chance.Next(3) == 0)
                {
                    rig.Restart();
                }
            }
        }

        return await RowsAsync(rig.Store);
    }

    /// <summary>What each row says in the end.</summary>
    private static async Task<string[]> RowsAsync(ILeadStore store)
    {
        var rows = await store.FindGroupAsync(AppointmentLead.RowId(Id, ""), []);
        return [.. rows.Select(lead => string.Join(" | ", new[] { "CustomerId", "CustomerName", "CustomerEmail", "CustomerPhone", "ServiceName", "StartTime", "EndTime" }
            .Select(name => lead.Content.Text(name)).Prepend(lead.Event))).Order(StringComparer.Ordinal)];
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Post(string Event, string Body);

    /// <summary>Something that happens to some of the customers.</summary>
    /// <param name="Number">Which phone number, service or start they have from then on.</param>
    private sealed record Step(string Event, int Number, string? Change, int[] Whom)
    {
        public override string ToString() => $"{Event} {Number} {Change} {string.Join('+', Whom.Select(one => People[one]))}";
    }

    /// <summary>What happens to an appointment, in order.</summary>
    private sealed record Script(bool IsForOne, int Count, IReadOnlyList<Step> Steps)
    {
        public IEnumerable<Post> PostsInOrder => Steps.Select(step => new Post(step.Event, Body(step, [.. step.Whom.Select(one => Named(one, null))], isAtTop: false)));

        private bool CancelsSome => Steps[^1] is { Event: AppointmentEvents.Cancelled } last && last.Whom.Length < Count;

        public static Script Of(Random chance)
        {
            var isForOne = chance.Next(3) == 0;
            var count = isForOne ? 1 : chance.Next(1, People.Length + 1);
            int[] all = [.. Enumerable.Range(0, count)];
            var steps = new List<Step> { new(AppointmentEvents.Created, 0, null, all) };
            for (var number = chance.Next(4); number > 0; number--)
            {
                steps.Add(chance.Next(2) == 0
                    ? new Step(AppointmentEvents.Updated, steps.Count, "CustomerPhone", [chance.Next(count)])
                    : new Step(AppointmentEvents.Updated, steps.Count, chance.Next(2) == 0 ? "ServiceName" : "StartTime", all));
            }

            if (chance.Next(2) == 0)
            {
                int[] some = [.. all.Where(_ => chance.Next(2) == 0)];
                steps.Add(new Step(AppointmentEvents.Cancelled, steps.Count, null, some.Length > 0 ? some : all));
            }

            return new Script(isForOne, count, steps);
        }

        /// <summary>In any order, split and together, repeated, each naming the customers more or less.</summary>
        public IReadOnlyList<Post> Posts(Random chance)
        {
            var events = Steps.SelectMany(step => Split(step, chance)).ToList();
            events.AddRange(events.Where(_ => chance.Next(3) == 0).ToArray());
            var order = events.ToArray();
            chance.Shuffle(order);
            // News that name nobody are for those who are known by then.
            order = [.. order.OrderBy(one => one is { Whom.Length: 0, Event: AppointmentEvents.Updated })];
            var firstSigns = People.Select(_ => Signs[chance.Next(Signs.Length)]).ToArray();
            var isNamed = new bool[People.Length];
            var left = People.Select((_, one) => order.Count(step => step.Whom.Contains(one))).ToArray();
            return [.. order.Select(step => new Post(step.Event, Body(step, [.. step.Whom.Select(Mention)], isAtTop: Count == 1 && chance.Next(2) == 0)))];

            // Until a customer has been named in full, which must be at some time, it is by the same sign.
            JsonObject Mention(int one)
            {
                left[one]--;
                var isFull = chance.Next(2) == 0 || (left[one] == 0 && !isNamed[one]);
                var sign = isNamed[one] ? Signs[chance.Next(Signs.Length)] : firstSigns[one];
                isNamed[one] |= isFull;
                return Named(one, isFull ? null : sign);
            }
        }

        /// <summary>What Graph shows after each step, the customers in any order; null: nothing any more.</summary>
        public IEnumerable<JsonObject?> Snapshots(Random chance)
        {
            var (phones, service, start, there) = (new int[Count], 0, 0, Enumerable.Range(0, Count).ToList());
            foreach (var step in Steps)
            {
                switch (step.Change)
                {
                    case "CustomerPhone":
                        phones[step.Whom[0]] = step.Number;
                        break;
                    case "ServiceName":
                        service = step.Number;
                        break;
                    case "StartTime":
                        start = step.Number;
                        break;
                }

                there.RemoveAll(one => step.Event == AppointmentEvents.Cancelled && step.Whom.Contains(one));
                var order = there.ToArray();
                chance.Shuffle(order);
                yield return there.Count == 0 ? null : new JsonObject
                {
                    ["id"] = Id,
                    ["serviceName"] = $"Service {service}",
                    ["startDateTime"] = Booked.At(Start + TimeSpan.FromHours(start)),
                    ["endDateTime"] = Booked.At(Start + TimeSpan.FromHours(start + 1)),
                    ["maximumAttendeesCount"] = IsForOne ? 1 : 9,
                    ["filledAttendeesCount"] = order.Length,
                    ["customers"] = new JsonArray([.. order.Select(one => (JsonNode)new JsonObject
                    {
                        ["customerId"] = $"c-{one}", ["name"] = People[one], ["emailAddress"] = $"{People[one]}@contoso.example", ["phone"] = $"+1 {phones[one]}",
                    })]),
                };
            }
        }

        public override string ToString() => $"{(IsForOne ? "for one" : "group")}: {string.Join(", ", Steps)}";

        private IEnumerable<Step> Split(Step step, Random chance)
        {
            var isAboutAll = step.Event != AppointmentEvents.Created && step.Whom.Length == Count && step.Change != "CustomerPhone" && chance.Next(3) == 0;
            return isAboutAll && !(step.Event == AppointmentEvents.Updated && CancelsSome) ? [step with { Whom = [] }]
                : chance.Next(2) == 0 ? [step]
                : step.Whom.Select(one => step with { Whom = [one] });
        }

        /// <param name="sign">The only one by which the customer is named; null: all.</param>
        private static JsonObject Named(int one, string? sign)
        {
            var person = new JsonObject { ["Id"] = $"c-{one}", ["Name"] = People[one], ["Email"] = $"{People[one]}@contoso.example" };
            foreach (var other in Signs.Where(other => sign is not null && other != sign))
            {
                person.Remove(other);
            }

            return person;
        }

        private string Body(Step step, JsonObject[] people, bool isAtTop)
        {
            var body = new JsonObject { ["Id"] = Id };
            if (step.Event == AppointmentEvents.Created || step.Change == "StartTime")
            {
                var hour = step.Event == AppointmentEvents.Created ? 0 : step.Number;
                (body["StartTime"], body["EndTime"]) = (Iso(Start + TimeSpan.FromHours(hour)), Iso(Start + TimeSpan.FromHours(hour + 1)));
            }

            if (step.Event == AppointmentEvents.Created || step.Change == "ServiceName")
            {
                body["ServiceName"] = $"Service {step.Number}";
            }

            if (step.Event == AppointmentEvents.Updated)
            {
                body["LastUpdatedDateTime"] = Iso(Start - TimeSpan.FromDays(30 - step.Number));
            }

            foreach (var person in people.Where(_ => step.Event == AppointmentEvents.Created || step.Change == "CustomerPhone"))
            {
                person["Phone"] = $"+1 {step.Number}";
            }

            if (people is [var only] && isAtTop)
            {
                foreach (var (name, value) in only)
                {
                    body[$"Customer{name}"] = value?.DeepClone();
                }
            }
            else if (people.Length > 0)
            {
                body["MaxAttendeesCount"] = IsForOne ? 1 : 9;
                body["Customers"] = new JsonArray([.. people]);
            }

            return body.ToJsonString();
        }
    }
}
