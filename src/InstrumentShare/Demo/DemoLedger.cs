using InstrumentShare.Access;
using InstrumentShare.Billing;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// The ledgers of the year by the program's own rule: funds are topped up for what will be spent and held, each charge is entered on
/// its day, groups without a fund pay what they owe, and the months are closed but for the last two.
/// </summary>
internal sealed class DemoLedger(DemoRandom random, DemoFunds funds, Instant founded, LocalDate anchor)
{
    private const long Round = 1_000_000;

    private readonly Dictionary<AccountKey, Guid> accounts = funds.Accounts.ToDictionary(a => new AccountKey(a.InstitutionId, a.Kind, a.HolderId), a => a.Id);
    private readonly Dictionary<GroupId, FundShare> payers = funds.Defaults.ToDictionary(d => d.GroupId, d => new FundShare(d.FundId, funds.Funds.Single(f => f.Id == d.FundId).InstitutionId, PostingRules.Whole, true));
    private readonly Dictionary<InstitutionId, int> taxes = funds.Terms.ToDictionary(t => t.InstitutionId, t => t.TaxBasisPoints);
    private readonly Dictionary<ChargeId, List<(LedgerEntry Entry, IReadOnlyDictionary<Guid, long> Lines)>> ofCharge = [];

    public List<LedgerAccount> Accounts { get; } = [.. funds.Accounts];

    public List<LedgerEntry> Entries { get; } = [];

    public List<LedgerLine> Lines { get; } = [];

    public List<LedgerPeriod> Periods { get; } = [];

    public DemoLedger Fill(IReadOnlyList<Charge> charges, IReadOnlyList<DemoBooking> bookings)
    {
        TopUp(charges, bookings);
        foreach (var charge in charges.Where(c => c.Status != ChargeStatus.Estimated && c.Amount.Fen != 0).OrderBy(c => c.IssuedAt).ThenBy(c => c.Id.Value))
        {
            if (charge.Kind == ChargeKind.Charge) Issue(charge);
            else TakeBack(charge);
        }

        Pay();
        var first = Entries.Min(e => e.BookedOn).With(DateAdjusters.StartOfMonth);
        var open = anchor.With(DateAdjusters.StartOfMonth).PlusMonths(-1);
        foreach (var institution in Entries.Select(e => e.InstitutionId).Distinct())
            for (var month = first; month < open; month = month.PlusMonths(1))
                Periods.Add(new LedgerPeriod { InstitutionId = institution, Month = month, ClosedAt = At(month.PlusMonths(1).PlusDays(4)) });
        return this;
    }

    // Twice a year, in whole ten thousands, for what charges took and what coming bookings hold, and some more.
    private void TopUp(IReadOnlyList<Charge> charges, IReadOnlyList<DemoBooking> bookings)
    {
        var spent = charges.Where(c => c is { Kind: ChargeKind.Charge, BookingId: not null, GroupId: not null }).GroupBy(c => c.GroupId!.Value).ToDictionary(g => g.Key, g => g.Sum(c => c.Amount.Fen));
        var held = bookings.Where(b => Booking.Holding.Contains(b.Status) && b.Person.Group is not null).GroupBy(b => b.Person.Group!.Id).ToDictionary(g => g.Key, g => g.Sum(b => ChargeCalculator.Compute(b.Policy, ChargeBasis.Estimate(b.Slot)).Value!.Amount.Fen));
        foreach (var fund in funds.Funds)
        {
            var isDefault = payers.GetValueOrDefault(fund.GroupId)?.FundId == fund.Id;
            var need = isDefault ? spent.GetValueOrDefault(fund.GroupId) + held.GetValueOrDefault(fund.GroupId) : 0;
            var half = ((need / 2 / Round) + random.Between(1, 4)) * Round;
            foreach (var on in new[] { anchor.PlusMonths(-12).PlusDays(-3), anchor.PlusMonths(-6) })
                Enter(fund.InstitutionId, LedgerEntryKind.TopUp, At(on), "年度经费下达", new Dictionary<Guid, long> { [fund.Id] = half, [AccountOf(AccountKey.Bank(fund.InstitutionId))] = -half });
        }
    }

    private void Issue(Charge charge)
    {
        var debtor = charge.GroupId is { } group ? new AccountKey(charge.InstitutionId, LedgerAccountKind.Group, group.Value) : new AccountKey(charge.InstitutionId, LedgerAccountKind.Person, charge.PersonId.Value);
        // A use without a booking names no fund.
        FundShare[] by = charge.BookingId is not null && charge.GroupId is { } of && payers.TryGetValue(of, out var payer) ? [payer] : [];
        var made = new List<(LedgerEntry, IReadOnlyDictionary<Guid, long>)>();
        foreach (var posting in PostingRules.Charge(charge.InstitutionId, charge.Amount.Fen, taxes[charge.InstitutionId], new Payment(by, debtor, null), _ => long.MaxValue))
        {
            var lines = posting.Lines.ToDictionary(l => AccountOf(l.Key), l => l.Value);
            made.Add((Enter(posting.InstitutionId, LedgerEntryKind.Charge, charge.IssuedAt!.Value, charge.Reason, lines, charge), lines));
        }

        ofCharge.Add(charge.Id, made);
    }

    private void TakeBack(Charge reversal)
    {
        foreach (var (entry, lines) in ofCharge[reversal.ReversesId!.Value])
            Enter(entry.InstitutionId, LedgerEntryKind.Reversal, reversal.IssuedAt!.Value, reversal.Reason, lines.ToDictionary(l => l.Key, l => -l.Value), reversal, entry);
    }

    // What was owed three weeks ago came in by bank since.
    private void Pay()
    {
        var at = At(anchor.PlusDays(-20));
        var owing = Accounts.Where(a => a.Kind is LedgerAccountKind.Group or LedgerAccountKind.Person).Select(a => a.Id).ToHashSet();
        var early = Entries.Where(e => e.EnteredAt < at).Select(e => e.Id).ToHashSet();
        var owed = Lines.Where(l => owing.Contains(l.AccountId) && early.Contains(l.EntryId)).GroupBy(l => (l.InstitutionId, l.AccountId)).Select(g => (g.Key, Fen: g.Sum(l => l.Fen))).Where(o => o.Fen < 0).ToList();
        foreach (var ((institution, account), fen) in owed)
            Enter(institution, LedgerEntryKind.Transfer, at, "银行转账结清", new Dictionary<Guid, long> { [account] = -fen, [AccountOf(AccountKey.Bank(institution))] = fen });
    }

    private LedgerEntry Enter(InstitutionId institution, LedgerEntryKind kind, Instant at, string? reason, IReadOnlyDictionary<Guid, long> lines, Charge? charge = null, LedgerEntry? reverses = null)
    {
        var entry = new LedgerEntry
        {
            Id = new LedgerEntryId(random.Id(at)), InstitutionId = institution, Kind = kind, BookedOn = at.InZone(DemoInstrument.Zone).Date, ChargeId = reverses?.ChargeId ?? charge?.Id, BookingId = charge?.BookingId?.Value, ReversesId = reverses?.Id,
            Reason = reason, EnteredAt = at,
        };
        Entries.Add(entry);
        Lines.AddRange(lines.Select(l => new LedgerLine { InstitutionId = institution, EntryId = entry.Id, AccountId = l.Key, Fen = l.Value }));
        return entry;
    }

    private Guid AccountOf(AccountKey key)
    {
        if (accounts.TryGetValue(key, out var known)) return known;
        var account = new LedgerAccount { Id = random.Id(founded), InstitutionId = key.InstitutionId, Kind = key.Kind, HolderId = key.HolderId, CreatedAt = founded };
        Accounts.Add(account);
        accounts.Add(key, account.Id);
        return account.Id;
    }

    private static Instant At(LocalDate date) => date.At(new LocalTime(10, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant();
}
