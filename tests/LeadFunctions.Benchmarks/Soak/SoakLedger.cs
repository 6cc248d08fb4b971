namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// What was acknowledged and what arrived, of leads that are numbered: some 60 bytes for each, so that a million of them fit. Times are milliseconds since the
/// soak's start.
/// </summary>
internal sealed class SoakLedger(int leads)
{
    /// <summary>A program that is killed within this time after an answer may not have recorded it yet.</summary>
    private const int UntilRecorded = 2_000;

    /// <summary>What a dead program has sent is read from the socket a moment later.</summary>
    private const int UntilRead = 1_000;

    private readonly Lock _lock = new();
    private readonly Guid[] _acknowledged = new Guid[leads];
    private readonly Guid[] _rows = new Guid[leads];
    private readonly byte[] _mails = new byte[leads];
    private readonly MailNote[] _latest = new MailNote[leads];
    private readonly Dictionary<(int Number, int Nth), MailNote> _repeated = [];
    private readonly List<(int Instance, int At)> _kills = [];
    private readonly SortedDictionary<int, int> _otherAnswers = [];
    private readonly List<string> _faults = [];

    private record struct MailNote(int Instance, int Arrived, int Answered, Lost Lost);

    public int Leads => leads;

    public int Acknowledged { get; private set; }

    /// <summary>Acknowledged as a repeat: the first post's answer had been lost.</summary>
    public int Repeats { get; private set; }

    public int Unanswered { get; private set; }

    /// <summary>Leads whose post was never answered and never tried again: they may be there or not.</summary>
    public int Apart { get; private set; }

    public int Rows { get; private set; }

    public int SecondRows { get; private set; }

    public int Mailed { get; private set; }

    public int Kills => _kills.Count;

    /// <summary>How many acknowledged leads haven't arrived at both destinations, counted roughly: leads counted apart may have.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return Acknowledged - Math.Min(Rows, Mailed);
            }
        }
    }

    /// <summary>Changes with everything that arrives.</summary>
    public long Arrivals { get; private set; }

    public void Acknowledge(int number, Guid id, bool repeat)
    {
        lock (_lock)
        {
            if (id == Guid.Empty)
            {
                Fault($"Lead {number} was acknowledged without an id.");
            }

            _acknowledged[number] = id;
            Acknowledged++;
            Repeats += repeat ? 1 : 0;
        }
    }

    public void Answer(int status)
    {
        lock (_lock)
        {
            _otherAnswers[status] = _otherAnswers.GetValueOrDefault(status) + 1;
        }
    }

    public void NoAnswer()
    {
        lock (_lock)
        {
            Unanswered++;
        }
    }

    public void SetApart()
    {
        lock (_lock)
        {
            Apart++;
        }
    }

    public void Kill(int instance, int at)
    {
        lock (_lock)
        {
            _kills.Add((instance, at));
        }
    }

    /// <summary>Something that must not happen at all.</summary>
    public void Fault(string what)
    {
        lock (_lock)
        {
            // The first ones tell as much as a million would.
            if (_faults.Count < 20)
            {
                _faults.Add(what);
            }
        }
    }

    /// <summary>False when the key is taken already.</summary>
    public bool TakeRow(int number, Guid id)
    {
        lock (_lock)
        {
            Arrivals++;
            if (_rows[number] == id)
            {
                return false;
            }

            if (_rows[number] == Guid.Empty)
            {
                _rows[number] = id;
                Rows++;
            }
            else
            {
                SecondRows++;
                Fault($"Lead {number} has the rows {_rows[number]} and {id}.");
            }

            return true;
        }
    }

    /// <summary>How many mails of this lead there are with this one.</summary>
    public int TakeMail(int number, int instance, int arrived)
    {
        lock (_lock)
        {
            Arrivals++;
            if (_mails[number] == 0)
            {
                Mailed++;
            }
            else
            {
                _repeated[(number, _mails[number])] = _latest[number];
            }

            _latest[number] = new MailNote(instance, arrived, int.MaxValue, Lost.No);
            return ++_mails[number];
        }
    }

    public void AnswerMail(int number, int nth, int answered, Lost lost)
    {
        lock (_lock)
        {
            if (_mails[number] == nth)
            {
                _latest[number] = _latest[number] with { Answered = answered, Lost = lost };
            }
            else
            {
                _repeated[(number, nth)] = _repeated[(number, nth)] with { Answered = answered, Lost = lost };
            }
        }
    }

    public SoakCount Count(bool drained)
    {
        lock (_lock)
        {
            var (lost, otherRow) = (0, 0);
            for (var number = 0; number < leads; number++)
            {
                if (_acknowledged[number] is var id && id != Guid.Empty)
                {
                    lost += _rows[number] == Guid.Empty || _mails[number] == 0 ? 1 : 0;
                    otherRow += _rows[number] != Guid.Empty && _rows[number] != id ? 1 : 0;
                }
            }

            var extra = _repeated.Values.Select(Explain).CountBy(why => why).ToDictionary();
            var perKill = _repeated.Values.Where(note => Explain(note) == Why.Kill).CountBy(KillOf).Select(kill => kill.Value).DefaultIfEmpty().Max();
            return new SoakCount(
                drained, lost, otherRow, extra.GetValueOrDefault(Why.Kill), extra.GetValueOrDefault(Why.LostAnswer), extra.GetValueOrDefault(Why.Unknown), perKill,
                _mails.Max(), _otherAnswers.ToDictionary(), [.. _faults]);
        }
    }

    private Why Explain(MailNote note) => note.Lost == Lost.OnPurpose ? Why.LostAnswer
        : KillOf(note) >= 0 ? Why.Kill
        : note.Lost == Lost.Somehow || note.Answered == int.MaxValue ? Why.LostAnswer
        : Why.Unknown;

    /// <summary>The first kill of the program that sent the mail while the attempt was under way; -1: none.</summary>
    private int KillOf(MailNote note) => _kills.FindIndex(kill =>
        kill.Instance == note.Instance && kill.At >= note.Arrived - UntilRead && kill.At <= (note.Answered == int.MaxValue ? note.Answered : note.Answered + UntilRecorded));

    private enum Why
    {
        Kill,
        LostAnswer,
        Unknown,
    }
}

/// <summary>Whether the program can't have had an answer.</summary>
internal enum Lost
{
    No,

    /// <summary>It was gone when it should have been answered, or about to give up.</summary>
    Somehow,

    /// <summary>The destination's turn was to lose it.</summary>
    OnPurpose,
}

/// <summary>The promises, counted.</summary>
/// <param name="Drained">Whether all had time to arrive; else what is missing may still be on its way.</param>
/// <param name="NotArrived">Acknowledged leads without a row or a mail.</param>
/// <param name="OtherRows">Acknowledged leads whose row has another key than the caller was told.</param>
/// <param name="ExtraByKill">Further mails of a lead whose attempt before was under way at a kill.</param>
/// <param name="ExtraByLostAnswer">Further mails of a lead whose attempt before got no answer.</param>
/// <param name="MostByOneKill">The most further mails that one kill explains.</param>
internal sealed record SoakCount(
    bool Drained, int NotArrived, int OtherRows, int ExtraByKill, int ExtraByLostAnswer, int Unexplained, int MostByOneKill, int MostMails,
    IReadOnlyDictionary<int, int> OtherAnswers, IReadOnlyList<string> Faults);
