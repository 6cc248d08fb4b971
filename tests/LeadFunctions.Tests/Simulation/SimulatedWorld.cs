using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadFunctions.Leads;

namespace LeadFunctions.Tests.Simulation;

/// <param name="KillsAfterwards">The program ends when the call was made, and hears nothing of it.</param>
internal readonly record struct StoreFate(TimeSpan Before, TimeSpan After, bool IsAway, bool LosesAnswer, bool KillsAfterwards);

/// <summary>Everything outside of the program: the clock, chance, the destinations, the disk's moods, and who notes what happens.</summary>
internal sealed class SimulatedWorld(int seed)
{
    private readonly Random _chance = new(seed);
    private readonly Dictionary<Guid, int> _names = [];
    private readonly StringBuilder _trace = new();

    public SimulatedLoop Loop { get; } = new();

    public SimulatedRemotes Remotes => field ??= new SimulatedRemotes(this);

    /// <summary>What each destination does to most requests at the moment, apart from answering them.</summary>
    public Dictionary<string, RemoteFate> Outages { get; } = [];

    public bool DiskIsAway { get; set; }

    /// <summary>How many more times the program may be killed where it hurts.</summary>
    public int KillsLeft { get; set; }

    /// <summary>Nothing fails any more.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>How often in a thousand a call of a healthy system goes wrong.</summary>
    public int FaultsInThousand { get; init; }

    /// <summary>
    /// Programs on a shared table look every two minutes for what others left behind, and not every 15 s as they do: each look is 16
    /// requests, which were a third of what a simulation costs.
    /// </summary>
    public bool LooksRarely { get; init; }

    /// <summary>
    /// All that happened, the same for the same seed. Ids are named in the order in which they came up: half of each is chance.
    /// </summary>
    public string Story => _trace.ToString();

    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Story)))[..16];

    public void Trace(string what) => _trace.Append(CultureInfo.InvariantCulture, $"{Loop.Elapsed:d\\.hh\\:mm\\:ss\\.fffffff} {what}\n");

    public string Name(Guid id) => $"#{(_names.TryGetValue(id, out var known) ? known : _names[id] = _names.Count + 1)}";

    public int Next(int most) => _chance.Next(most);

    public bool Happens(int inThousand) => _chance.Next(1_000) < inThousand;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * _chance.NextDouble());

    public T One<T>(IReadOnlyList<T> all) => all[_chance.Next(all.Count)];

    public StoreFate NextStoreFate()
    {
        var kills = Kills();
        var isSlow = !IsQuiet && Happens(3);
        return new StoreFate(
            Between(TimeSpan.Zero, isSlow ? TimeSpan.FromSeconds(70) : TimeSpan.FromMilliseconds(4)),
            Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(4)),
            IsAway: DiskIsAway || (!IsQuiet && Happens(FaultsInThousand / 8)),
            LosesAnswer: !IsQuiet && Happens(FaultsInThousand / 8),
            kills);
    }

    public (RemoteFate Fate, TimeSpan There, TimeSpan Back, bool KillsAfterwards) NextRemoteFate(string destination)
    {
        var fate = IsQuiet ? RemoteFate.Answers
            : Outages.TryGetValue(destination, out var mostly) && Happens(900) ? mostly
            : Happens(FaultsInThousand) ? (RemoteFate)_chance.Next(1, Enum.GetValues<RemoteFate>().Length)
            : RemoteFate.Answers;
        var longest = !IsQuiet && Happens(30) ? TimeSpan.FromSeconds(45) : TimeSpan.FromMilliseconds(300);
        return (fate, Between(TimeSpan.FromMilliseconds(1), longest), Between(TimeSpan.FromMilliseconds(1), longest), Kills());
    }

    /// <summary>A result that was made durable.</summary>
    public void Recorded(LeadDelivery delivery, DeliveryState state, bool recorded)
    {
        Trace($"recorded {Name(delivery.Lead.Id.Value)} at {delivery.Destination}: {state.Status}{(recorded ? "" : ", not ours")}");
        var (lead, destination) = (delivery.Lead.Id.Value, delivery.Destination);
        if (recorded && state.Status == DeliveryStatus.Delivered
            && Remotes.Told.FindLast(effect => effect.Id == lead && effect.Destination == destination) is { } last)
        {
            last.RecordedAt ??= Loop.Elapsed;
        }
    }

    private bool Kills()
    {
        if (IsQuiet || KillsLeft == 0 || !Happens(4))
        {
            return false;
        }

        KillsLeft--;
        return true;
    }
}
