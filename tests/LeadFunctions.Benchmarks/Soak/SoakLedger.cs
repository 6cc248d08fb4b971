namespace LeadFunctions.Benchmarks.Soak;

/// <summary>
/// What was acknowledged and what arrived, of leads that are numbered: some 70 bytes for each, so that a million of them fit. Times are milliseconds since the
/// soak's start.
/// </summary>
internal sealed class SoakLedger(int leads)
{
    private readonly Lock _lock = new();
    private readonly Guid[] _acknowledged = new Guid[leads];
    private readonly Guid[] _rows = new Guid[leads];
    private readonly byte[] _mails = new byte[leads];
    private readonly MailNote[] _latest = new MailNote[leads];
    private readonly Dictionary<(int Number, int Nth), MailNote> _repeated = [];
    private readonly Dictionary<SoakProcess, int> _kills = [];
    private readonly SortedDictionary<int, int> _otherAnswers = [];
    private readonly List<string> _faults = [];

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

    public int Kills { get; private set; }

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

    public void NoResponse()
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

    /// <param name="at">Just before it.</param>
    public void Kill(SoakProcess process, int at)
    {
        lock (_lock)
        {
            _kills[process] = at;
            Kills++;
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
    public int TakeMail(int number, SoakProcess sender, int arrived)
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

            _latest[number] = new MailNote(sender, arrived, LostAt: int.MaxValue);
            return ++_mails[number];
        }
    }

    /// <param name="lostAt">When its sender can no longer have had an answer; null: it has had one.</param>
    public void AnswerMail(int number, int nth, int? lostAt)
    {
        lock (_lock)
        {
            if (_mails[number] == nth)
            {
                _latest[number] = _latest[number] with { LostAt = lostAt };
            }
            else
            {
                _repeated[(number, nth)] = _repeated[(number, nth)] with { LostAt = lostAt };
            }
        }
    }

    /// <summary>Acknowledged leads that haven't a row and a mail yet.</summary>
    public IReadOnlyList<(int Number, Guid Id)> Missing()
    {
        lock (_lock)
        {
            return
            [
                .. Enumerable.Range(0, leads)
                    .Where(number => _acknowledged[number] != Guid.Empty && !(HasRow(number) && HasMail(number)))
                    .Select(number => (number, _acknowledged[number])),
            ];
        }
    }

    public bool HasRow(int number) => _rows[number] != Guid.Empty;

    public bool HasMail(int number) => _mails[number] > 0;

    public SoakCount Count()
    {
        lock (_lock)
        {
            var otherRow = 0;
            for (var number = 0; number < leads; number++)
            {
                otherRow += _acknowledged[number] != Guid.Empty && HasRow(number) && _rows[number] != _acknowledged[number] ? 1 : 0;
            }

            var why = _repeated.Values.CountBy(Explain).ToDictionary();
            var perKill = _repeated.Values.Where(note => Explain(note) == Why.Kill).CountBy(note => note.Sender).Select(kill => kill.Value).DefaultIfEmpty().Max();
            return new SoakCount(
                otherRow, why.GetValueOrDefault(Why.Kill), why.GetValueOrDefault(Why.LostAnswer), why.GetValueOrDefault(Why.Unknown), perKill, _mails.Max(),
                _otherAnswers.ToDictionary(), [.. _faults]);
        }
    }

    /// <summary>
    /// What allows the mail after this one. A result that a program had may not have been on its disk when it was killed, as long as the lease of the claim
    /// went on: then the attempt was under way. How many of those one death explains is counted too, for there can't be more than slots.
    /// </summary>
    private Why Explain(MailNote note) =>
        !_kills.TryGetValue(note.Sender, out var killed) ? note.LostAt is null ? Why.Unknown : Why.LostAnswer
        : note.LostAt < killed ? Why.LostAnswer
        : killed < note.Arrived + SoakRun.LeaseDuration.TotalMilliseconds ? Why.Kill
        : note.LostAt is null ? Why.Unknown : Why.LostAnswer;

    /// <param name="LostAt">Not known at first: then it is as late as can be.</param>
    private record struct MailNote(SoakProcess Sender, int Arrived, int? LostAt);

    private enum Why
    {
        Kill,
        LostAnswer,
        Unknown,
    }
}

/// <summary>One of the programs, from a start to its end.</summary>
/// <param name="Start">Which of its starts.</param>
internal readonly record struct SoakProcess(int Instance, int Start);

/// <summary>The promises, counted.</summary>
/// <param name="OtherRows">Acknowledged leads whose row has another key than the caller was told.</param>
/// <param name="ExtraByKill">Further mails of a lead whose attempt before was under way at a kill.</param>
/// <param name="ExtraByLostAnswer">Further mails of a lead whose attempt before got no answer.</param>
/// <param name="MostByOneKill">The most further mails that one kill explains.</param>
internal sealed record SoakCount(
    int OtherRows, int ExtraByKill, int ExtraByLostAnswer, int Unexplained, int MostByOneKill, int MostMails, IReadOnlyDictionary<int, int> OtherAnswers,
    IReadOnlyList<string> Faults)
{
    public int ExtraMails => ExtraByKill + ExtraByLostAnswer + Unexplained;
}
