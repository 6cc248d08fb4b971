using LeadFunctions.Hosting;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Hosting;

public sealed class LockOutTests
{
    private readonly ManualTime _time = new();
    private readonly LockOut _lockOut;

    public LockOutTests() => _lockOut = new LockOut(_time);

    [Fact]
    public void Five_wrong_keys_lock_an_address_out_for_a_minute_and_each_further_one_twice_as_long_up_to_a_quarter_of_an_hour()
    {
        var waits = new List<double>();
        for (var number = 0; number < 11; number++)
        {
            _lockOut.Failed("a", $"guess {number}");
            var wait = _lockOut.RemainingWait("a") ?? TimeSpan.Zero;
            waits.Add(wait.TotalMinutes);
            _time.Advance(wait);
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15], waits);
        Assert.Null(_lockOut.RemainingWait("b"));
    }

    [Fact]
    public void The_same_wrong_key_again_is_no_guess()
    {
        for (var number = 0; number < 100; number++)
        {
            _lockOut.Failed("a", "an old key");
        }

        Assert.Null(_lockOut.RemainingWait("a"));
    }

    [Fact]
    public void An_hour_makes_forget()
    {
        Guess("a", 4);
        _time.Advance(TimeSpan.FromHours(1));
        Guess("a", 4);

        Assert.Null(_lockOut.RemainingWait("a"));
    }

    [Fact]
    public void The_more_wrong_keys_an_address_sends_the_later_they_are_answered()
    {
        var delays = Enumerable.Range(0, 12).Select(number => _lockOut.Failed("a", $"guess {number}").TotalSeconds);

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5], delays);
    }

    [Fact]
    public async Task However_many_wrong_keys_come_at_once_few_answers_are_held()
    {
        Guess("a", 12);

        var answers = Enumerable
            .Range(0, 5_000)
            .Select(number => _lockOut.WrongAsync("a", $"guess {number}", TestContext.Current.CancellationToken))
            .ToArray();

        Assert.Equal(3_000, answers.Count(answer => answer.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(answers);
    }

    [Fact]
    public void Wrong_keys_from_everywhere_make_answers_slower_up_to_five_seconds()
    {
        var delays = Enumerable.Range(0, 200).Select(number => _lockOut.Failed($"address {number}", "guess").TotalSeconds).ToArray();

        Assert.Equal(
            "0 0 0.1 0.2 5 5",
            string.Join(
                ' ',
                new[] { 0, 19, 20, 21, 69, 199 }.Select(number =>
                    delays[number].ToString("0.#", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void However_many_addresses_guess_their_number_is_bounded()
    {
        for (var number = 0; number < 30_000; number++)
        {
            _lockOut.Failed($"address {number}", "guess");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(_lockOut.Addresses, 1, 10_000);
    }

    private void Guess(string address, int count)
    {
        for (var number = 0; number < count; number++)
        {
            _lockOut.Failed(address, $"{number}");
        }
    }
}
