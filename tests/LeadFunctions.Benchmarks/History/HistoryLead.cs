using System.Globalization;
using System.Text.Json;
using LeadFunctions.Leads;

namespace LeadFunctions.Benchmarks.History;

/// <summary>The leads of a store that was used for months: which each one is follows from its number alone.</summary>
/// <param name="Share">What part of the store the lead stands at: 0 is the oldest, 1 the newest.</param>
internal sealed record HistoryLead(int Number, double Share)
{
    public const string RareCompany = "Quetzal Xylophones";
    public const string RareName = "Þórhallur Ægisson";

    private static readonly string[] FirstNames =
    [
        "Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Katja", "Liam", "Maria", "Noah", "Olga", "Pedro", "Qing", "Rosa", "Sven", "Tara",
        "Uma", "Viktor", "Wanda", "Xaver", "Yusuf", "Zoë", "José", "Søren", "Jürgen", "Małgorzata", "Аня", "太郎",
    ];

    private static readonly string[] LastNames =
    [
        "Smith", "Jones", "Brown", "Garcia", "Müller", "Schmidt", "Rossi", "Silva", "Kim", "Lee", "Nguyen", "Patel", "Khan", "Ivanov", "Kowalski", "Novák", "Andersson", "Hansen",
        "Virtanen", "Dubois", "Martin", "Bernard", "López", "Fernández", "Santos", "Tanaka", "Sato", "Wang", "Zhang", "Okafor", "Mensah", "Haddad", "Cohen", "Yılmaz", "Papadopoulos",
        "van Dijk", "O'Brien", "McCarthy", "Nakamura", "Петрова",
    ];

    private static readonly string[] Beginnings = ["Nord", "Blue", "Fabri", "Litware", "Contoso", "Adventure", "Wide", "Proseware", "Tail", "Wood", "Alpine", "Rapid", "Green", "Lucerne", "Margie", "Consol", "Trey", "Relec", "Humongous", "Bellows"];

    private static readonly string[] Ends = ["kam", "wind", "star", "works", "world", "spin", "grove", "ski", "tech", "line", "ware", "med", "soft", "path", "house", "port", "field", "bridge", "forge", "peak"];

    private static readonly string[] Forms = ["Ltd", "GmbH", "Inc.", "S.A.", "AB", "B.V.", "LLC", "Oy"];

    private static readonly string[] Offers =
    [
        "Backup for SQL", "Secure Gateway", "Invoice Reader", "Shift Planner", "Cold Chain Monitor", "Contract Vault", "Energy Insights", "Fleet Tracker", "Ticket Bot", "Data Catalog",
        "Translation Hub", "Visitor Log", "Price Optimiser", "Quality Inspector", "Recruiting Assistant", "Sales Forecast", "Tax Calculator", "Video Archive", "Warranty Desk", "Yield Planner",
    ];

    /// <summary>A tenth of the store was given up on at once: a CRM that was away for long.</summary>
    public bool IsOfOutage => Share is >= 0.3 and < 0.4;

    public bool DiesAtCrm => IsOfOutage || Number % 200 == 7;

    /// <summary>The newest are on their way, and a few old ones too.</summary>
    public bool Waits => Share >= 0.9998 || Number % 20_000 == 11;

    public bool IsRepeated => Number % 50 == 3;

    public bool IsBooking => Number % 25_000 == 13;

    public bool HasRefusedBeside => Number % 100 == 5;

    private bool IsTest => Number % 1000 == 17;

    private bool GoesNowhere => Number % 2500 == 19;

    private bool GoesToPartner => Number % 25_000 == 23;

    private bool IsRare => Number % 250_000 == 29;

    public IReadOnlyList<PlannedDelivery> Planned() =>
        GoesNowhere ? [] : GoesToPartner ? [new("crm"), new("mail"), new("partner")] : [new("crm"), new("mail")];

    public Lead Make(DateTimeOffset at) => new(LeadId.New(at), IsBooking ? "bookings" : Sources.Marketplace, IsBooking ? "created" : null, at, new LeadContent(Body()));

    private byte[] Body()
    {
        // Spreads neighbours: leads that follow each other have nothing to do with each other.
        var mixed = (uint)Number * 2654435761u;
        var (first, last) = IsRare ? ("Þórhallur", "Ægisson") : (FirstNames[mixed % FirstNames.Length], LastNames[mixed / 64 % LastNames.Length]);
        var company = IsRare ? RareCompany : $"{Beginnings[mixed / 4096 % Beginnings.Length]}{Ends[mixed / 131_072 % Ends.Length]} {Forms[mixed / 4_194_304 % Forms.Length]}";
        var domain = company.Split(' ')[0].ToLowerInvariant();
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            UserDetails = new
            {
                FirstName = first,
                LastName = last,
                Email = string.Create(CultureInfo.InvariantCulture, $"{first.ToLowerInvariant()}.{mixed % 9_999_991}@{domain}.example"),
                Phone = string.Create(CultureInfo.InvariantCulture, $"+44 {mixed:D10}"),
                Country = "UK",
                Company = company,
                Title = "Head of Purchasing",
            },
            LeadSource = "SPZA",
            ActionCode = "INS",
            OfferTitle = IsTest ? "MSFT_TEST_offer" : Offers[mixed / 7 % Offers.Length],
            Description = string.Create(CultureInfo.InvariantCulture, $"Asked for a quote for {mixed % 500} seats; would like to be called back in the afternoon."),
        });
    }
}
