using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Intake;
using LeadFunctions.Leads;
using LeadFunctions.Store;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Simulation;

/// <summary>Something that is posted, perhaps more than once.</summary>
/// <param name="Version">Of an appointment: the number of its event.</param>
internal sealed record SimulatedPost(string Name, string Path, string Body, bool IsValid, int? Appointment = null, int Version = 0)
{
    /// <summary>The leads that an acknowledgement named.</summary>
    public HashSet<Guid> Leads { get; } = [];

    public HashSet<Guid> Refusals { get; } = [];

    public bool IsAcknowledged => Leads.Count + Refusals.Count > 0;
}

/// <summary>What somebody did to a lead.</summary>
/// <param name="BegunAt">By the clock that nobody sets.</param>
internal sealed record SimulatedAct(Guid Lead, string? Destination, string Kind, TimeSpan BegunAt)
{
    /// <summary>When the store had done it; the end of time where nobody knows.</summary>
    public TimeSpan EndedAt { get; set; } = TimeSpan.MaxValue;
}

/// <summary>
/// Some minutes in the life of the program, all of it from one seed: people post leads and appointments, again and in the wrong order;
/// destinations and the store fail; the program is killed, stopped and started; the clock is set; somebody resubmits, discards and
/// replays. Then all becomes quiet, the program finishes its work and is killed once more, and the promises are looked at. On a storage
/// account there are up to three programs.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(12);

    private readonly SimulatedWorld _world;
    private readonly SimulatedSettings _settings;
    private readonly string _folder;
    private readonly SimulatedDisk _disk;
    private readonly SimulatedProgram?[] _programs;

    // Two of three: what many leads do to each other is another thing than what befalls one, and many lives of a few find more of the latter.
    private readonly bool _fewPosts;
    private int _lives;

    private Simulation(int seed)
    {
        Seed = seed;
        var kind = new Random(~seed);
        _settings = new SimulatedSettings(kind.GetItems([1, 2, 8], 1)[0], kind.Next(2) == 0);
        _world = new SimulatedWorld(seed)
        {
            FaultsInThousand = kind.GetItems([0, 10, 50, 200], 1)[0],
            KillsLeft = kind.Next(3),
            // Two of three on a shared table.
            LooksRarely = seed % 9 != 0,
        };
        _folder = Path.Combine(TemporaryFolder.Memory, "leadfunctions-simulation", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder);
        // By seeds, every third.
        var isShared = seed % 3 == 0;
        _disk = isShared ? new SimulatedAccount(_world) : new SimulatedFile(_world.Loop, _folder);
        _programs = new SimulatedProgram?[isShared ? 1 + kind.Next(3) : 1];
        _fewPosts = kind.Next(3) > 0;
    }

    public int Seed { get; }

    public SimulatedWorld World => _world;

    public List<SimulatedPost> Posts { get; } = [];

    /// <summary>What people did, by lead and destination (null: all).</summary>
    public List<SimulatedAct> Acts { get; } = [];

    /// <summary>Bodies that an earlier version refused, and that are taken today.</summary>
    public List<(LeadId Id, SimulatedPost Post)> OldRefusals { get; } = [];

    /// <summary>Runs a seed. Fails with what promise was broken, and what had happened.</summary>
    /// <returns>The hash of all that happened.</returns>
    public static (string Hash, string Story) Run(int seed)
    {
        using var simulation = new Simulation(seed);
        try
        {
            simulation.Live();
            return (simulation._world.Hash, simulation._world.Story);
        }
        catch (Exception exception)
        {
            throw new SimulationException(seed, simulation._world.Story, exception);
        }
    }

    public void Dispose()
    {
        KillAll();
        Directory.Delete(_folder, recursive: true);
    }

    private void Live()
    {
        for (var number = 0; number < _programs.Length; number++)
        {
            Start(number);
        }

        Plan();
        _world.Loop.Run(Lasts);
        BecomeQuiet();
        Check(_world.Loop.Run(TimeSpan.FromHours(1), AppointmentsAreTaken), "Every event of an appointment is taken in the end.");
        Check(BecomesDone(), "Nothing stays due for ever.");
        KillAll();
        var store = _disk.Look(null);
        using var closing = (IDisposable)store;
        new KeptPromises(this, store).Check();
    }

    private void Plan()
    {
        for (var number = _fewPosts ? 1 + _world.Next(5) : 5 + _world.Next(12); number > 0; number--)
        {
            var name = $"lead {number}";
            var post = new SimulatedPost(name, "/api/leads", LeadOf(name), IsValid: true);
            Posts.Add(post);
            SometimeOften(post);
        }

        for (var number = _world.Next(3); number > 0; number--)
        {
            var body = _world.One(["", "{", "[1]", $$"""{"UserDetails":{{number}}}""", """{"OfferTitle":"  "}"""]);
            var post = new SimulatedPost($"refusal {number}", "/api/leads", body, IsValid: false);
            Posts.Add(post);
            SometimeOften(post);
        }

        for (var number = _world.Next(_fewPosts ? 2 : 4); number > 0; number--)
        {
            PlanAppointment(number);
        }

        for (var number = _world.Next(3); number > 0; number--)
        {
            Sometime(KeepOldRefusal);
        }

        for (var number = _world.Next(4); number > 0; number--)
        {
            PlanOutage();
        }

        for (var number = _world.Next(3); number > 0; number--)
        {
            Sometime(() => Any()?.Kill());
        }

        for (var number = _world.Next(3); number > 0; number--)
        {
            Sometime(() => Any()?.Stop());
        }

        for (var number = _world.Next(3); number > 0; number--)
        {
            Sometime(SetClock);
        }

        for (var number = _world.Next(6); number > 0; number--)
        {
            Sometime(Act);
        }
    }

    private void PlanAppointment(int number)
    {
        var booked = new JsonObject
        {
            ["Id"] = $"appointment {number}",
            ["ServiceName"] = "Call",
            ["StartTime"] = "2026-12-01T09:30:00.0000000Z",
            ["EndTime"] = "2026-12-01T10:00:00.0000000Z",
            ["CustomerName"] = "Adele Vance",
            ["CustomerEmail"] = $"adele{number}@proseware.example",
            ["MaxAttendeesCount"] = 1,
        };
        string[] events = ["created", .. Enumerable.Repeat("updated", _world.Next(4)), .. Enumerable.Repeat("cancelled", _world.Next(2))];
        foreach (var (version, eventName) in events.Index())
        {
            booked["CustomerNotes"] = $"version {version}";
            if (eventName == "updated")
            {
                booked["LastUpdatedDateTime"] = $"2026-11-20T10:{version:00}:00Z";
            }

            var (name, path) = ($"appointment {number} {eventName} {version}", $"/api/appointments/{eventName}");
            var post = new SimulatedPost(name, path, booked.ToJsonString(), IsValid: true, number, version);
            Posts.Add(post);
            SometimeOften(post);
        }
    }

    private void PlanOutage()
    {
        var (destination, fate) = (_world.One(SimulatedRemotes.Names), _world.One(Enum.GetValues<RemoteFate>()));
        var isOfDisk = _world.Next(5) == 0;
        Sometime(() =>
        {
            _world.Trace(isOfDisk ? "the disk is away" : $"{destination} {fate}");
            _world.DiskIsAway |= isOfDisk;
            _world.Outages[destination] = isOfDisk ? RemoteFate.Answers : fate;
            _world.Loop.After(_world.Between(TimeSpan.FromSeconds(5), isOfDisk ? TimeSpan.FromMinutes(2) : TimeSpan.FromMinutes(8)), () =>
            {
                _world.Trace(isOfDisk ? "the disk is back" : $"{destination} is back");
                _world.DiskIsAway &= !isOfDisk;
                _world.Outages.Remove(destination);
            });
        });
    }

    private void SetClock()
    {
        var far = _world.One([TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2), TimeSpan.FromHours(1), TimeSpan.FromHours(7)]);
        var by = _world.Next(2) == 0 ? far : -far;
        _world.Trace($"the clock is set by {by}");
        _world.Loop.SetBy += by;
    }

    private void Act()
    {
        if (Any() is not { } program)
        {
            return;
        }

        var (which, destination) = (_world.Next(6), _world.Next(2) == 0 ? null : _world.One(SimulatedRemotes.Names));
        Guid[] known = [.. Posts.SelectMany(post => post.Leads)];
        var now = _world.Loop.Now;
        if (which < 2 && OldRefusals.Count > 0)
        {
            var (id, post) = _world.One(OldRefusals);
            _world.Trace($"replay {post.Name}");
            program.Run(async () =>
            {
                try
                {
                    if (await program.Store.FindRefusedAsync(id) is { } refused
                        && await program.ReplayAsync(refused) is IntakeResult.Accepted accepted)
                    {
                        Acknowledge(post, [accepted.LeadId.Value], "replayed");
                    }
                }
                catch (StoreUnavailableException)
                {
                }
            });
        }
        else if (which == 2)
        {
            Do(null, destination, "resubmitted", () => program.Store.ResubmitDeadLettersAsync(destination, "operator", now));
        }
        else if (known.Length > 0)
        {
            var id = new LeadId(_world.One(known));
            var evenDelivered = destination is not null && _world.Next(2) == 0;
            if (which == 3)
            {
                Do(id, destination, "discarded", () => program.Store.DiscardAsync(id, destination, "because", "operator", now));
            }
            else
            {
                var what = evenDelivered ? "sent again" : "resubmitted";
                Do(id, destination, what, () => program.Store.ResubmitAsync(id, destination, evenDelivered, "operator", now));
            }
        }

        void Do(LeadId? lead, string? at, string kind, Func<Task> act)
        {
            _world.Trace($"{kind}: {(lead is { } id ? _world.Name(id.Value) : "all")} at {at ?? "all"}");
            var done = new SimulatedAct(lead?.Value ?? Guid.Empty, at, kind, _world.Loop.Elapsed);
            Acts.Add(done);
            program.Run(async () =>
            {
                try
                {
                    await act();
                    done.EndedAt = _world.Loop.Elapsed;
                }
                catch (StoreUnavailableException)
                {
                }
            });
        }
    }

    private void KeepOldRefusal()
    {
        if (Any() is not { } program)
        {
            return;
        }

        // Of a lead that is posted too, or of one that isn't.
        var post = _world.Next(2) == 0 ? _world.One(Posts.FindAll(post => post is { IsValid: true, Appointment: null })) : null;
        if (post is null)
        {
            var name = $"old refusal {Posts.Count}";
            post = new SimulatedPost(name, "/api/leads", LeadOf(name), IsValid: true);
            Posts.Add(post);
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(_world.Loop.Now.ToUnixTimeMilliseconds());
        var (id, body) = (LeadId.New(now), Encoding.UTF8.GetBytes(post.Body));
        var refused = new RefusedBody(id, Sources.Marketplace, null, now, 415, [new Violation("", "is a form")], body);
        program.Run(async () =>
        {
            try
            {
                await program.Store.KeepRefusedAsync(refused);
                OldRefusals.Add((refused.Id, post));
                _world.Trace($"an earlier version refused {post.Name}");
            }
            catch (StoreUnavailableException)
            {
            }
        });
    }

    private void SometimeOften(SimulatedPost post)
    {
        do
        {
            Sometime(() => Send(post));
        }
        while (_world.Next(3) == 0);
    }

    private void Sometime(Action act) => _world.Loop.After(_world.Between(TimeSpan.Zero, Lasts * 0.9), act);

    /// <summary>Posts, and posts again when there is no answer or the answer says so. Not everybody does.</summary>
    private void Send(SimulatedPost post)
    {
        var isAnswered = false;
        _world.Loop.After(TimeSpan.FromSeconds(90), () => SendAgain(isAnswered));
        if (Any() is not { } program)
        {
            _world.Trace($"{post.Name}: nobody there");
            return;
        }

        program.Run(async () =>
        {
            var (status, body) = await program.PostAsync(post.Path, post.Body);
            isAnswered = true;
            Answered(post, status, body);
            if (status == 503)
            {
                SendAgain(false);
            }
        });

        void SendAgain(bool isDone)
        {
            if (!isDone && !post.IsAcknowledged && (post.Appointment is not null || (!_world.IsQuiet && _world.Next(4) > 0)))
            {
                _world.Loop.After(_world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)), () => Send(post));
            }
        }
    }

    private void Answered(SimulatedPost post, int status, string body)
    {
        var json = JsonElement.Parse(body);
        switch (status)
        {
            case 202:
                Guid[] leads = json.TryGetProperty("leads", out var all)
                    ? [.. all.EnumerateArray().Select(lead => lead.GetProperty("leadId").GetGuid())]
                    : [json.GetProperty("leadId").GetGuid()];
                Check(post.IsValid, $"{post.Name} is refused.");
                Acknowledge(post, leads, json.GetProperty("duplicate").GetBoolean() ? "202, a repeat" : "202");
                break;
            case 400:
                var refused = json.GetProperty("refusedId").GetGuid();
                Check(!post.IsValid, $"{post.Name} is taken: {body}");
                post.Refusals.Add(refused);
                _world.Trace($"{post.Name}: 400");
                break;
            default:
                Check(status == 503, $"{post.Name} is answered with 202, 400 or 503, and not with {status} {body}");
                _world.Trace($"{post.Name}: 503");
                break;
        }
    }

    private void Acknowledge(SimulatedPost post, IReadOnlyList<Guid> leads, string how)
    {
        post.Leads.UnionWith(leads);
        _world.Trace($"{post.Name}: {how} {string.Join(' ', leads.Select(_world.Name))}");
    }

    private void BecomeQuiet()
    {
        _world.Trace("all is quiet");
        _world.IsQuiet = true;
        _world.DiskIsAway = false;
        _world.Outages.Clear();
        foreach (var post in Posts.Where(post => post is { Appointment: not null, IsAcknowledged: false }))
        {
            Send(post);
        }
    }

    private bool AppointmentsAreTaken() => Posts.TrueForAll(post => post.Appointment is null || post.IsAcknowledged);

    /// <summary>Looks more and more rarely: to look costs more than the time between.</summary>
    private bool BecomesDone()
    {
        var (waited, wait) = (TimeSpan.Zero, TimeSpan.FromMinutes(1));
        while (waited < TimeSpan.FromDays(2))
        {
            _world.Loop.Run(wait);
            if (_programs.All(program => program is { IsIdle: true }) && _programs[0]!.NothingWaits())
            {
                return true;
            }

            waited += wait;
            wait = TimeSpan.FromMinutes(Math.Min(30, wait.TotalMinutes * 2));
        }

        return false;
    }

    /// <summary>One that runs; null: there is none at the moment.</summary>
    private SimulatedProgram? Any() => _world.One(_programs) is { TakesPosts: true } program
        ? program
        : Array.Find(_programs, other => other is { TakesPosts: true });

    private void KillAll() => Array.ForEach(_programs, program => program?.Kill());

    private void Start(int number)
    {
        _world.Trace(_programs.Length == 1 ? "start" : $"start {number}");
        _programs[number] = new SimulatedProgram(_world, _disk, _settings, Seed + ++_lives, () =>
        {
            _programs[number] = null;
            _world.Loop.After(_world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(8)), () => Start(number));
        });
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(what);
        }
    }

    private static string LeadOf(string name) =>
        $$$"""{"UserDetails":{"LastName":"{{{name}}}","Email":"ann@contoso.example"},"LeadSource":"Azure","OfferTitle":"{{{name}}}"}""";
}

/// <summary>Something that is promised did not hold.</summary>
internal sealed class BrokenPromiseException(string promise) : Exception(promise);

/// <summary>A seed that broke a promise, with how to play it again.</summary>
internal sealed class SimulationException(int seed, string story, Exception cause)
    : Exception($"Seed {seed}: {cause.Message}\n{cause.StackTrace}", cause)
{
    public string Story => story;
}
