using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>
/// Sums the lines of each beneficiary and payer and caps them from the inside out: line → claim or instrument → beneficiary,
/// over the window or per calendar year of accrual. What is paid for an instrument itself accrues on the window's last day.
/// </summary>
public static class CapRules
{
    public static List<Entry> Sum(SubsidyPolicy policy, Facts facts, AccrualWindow window, SubsidyResult result, CancellationToken stop = default)
    {
        var entries = new List<Entry>();
        foreach (var side in policy.Items.Select(i => (i.To, i.Payer)).Distinct().OrderBy(s => s.To).ThenBy(s => s.Payer))
        {
            var caps = policy.Caps.Where(c => c.To == side.To && c.Payer == side.Payer).ToList();
            var nest = new Nest(policy, facts, window, result, side.To, side.Payer, caps);
            nest.AddLines(stop);
            entries.AddRange(nest.Entries());
        }

        return entries;
    }

    private readonly record struct Group(int Beneficiary, int Part, int Year);

    private sealed class Nest(SubsidyPolicy policy, Facts facts, AccrualWindow window, SubsidyResult result, BeneficiaryKind to, Payer payer, List<Cap> caps)
    {
        private readonly CapLevel? _part = caps.Where(c => c.Level is CapLevel.Claim or CapLevel.Instrument).Select(c => (CapLevel?)c.Level).FirstOrDefault();
        private readonly bool _byYear = caps.Any(c => c.Period == CapPeriod.Year && c.Level != CapLevel.Line);
        private readonly Dictionary<Group, long> _groups = [];
        private readonly Dictionary<int, long> _sums = [];
        private readonly HashSet<(int Beneficiary, string Cap)> _hits = [];

        public void AddLines(CancellationToken stop)
        {
            var services = result.ServiceItems.Length;
            for (var i = 0; i < services; i++)
            {
                if (!IsMine(policy.Items[result.ServiceItems[i]])) continue;
                for (var s = 0; s < facts.Services.Length; s++)
                {
                    if ((s & 0xFFFF) == 0) stop.ThrowIfCancellationRequested();
                    ref readonly var service = ref facts.Services[s];
                    var part = _part switch { CapLevel.Claim => service.Claim, CapLevel.Instrument => service.Instrument, _ => -1 };
                    var year = _byYear ? CountingRules.AccrualDay(policy, service)?.Year ?? 0 : 0;
                    var beneficiary = to == BeneficiaryKind.Institution ? service.Institution : service.User;
                    Add(new Group(beneficiary, part, year), result.ServiceFen[(s * services) + i]);
                }
            }

            var instruments = result.InstrumentItems.Length;
            for (var i = 0; i < instruments; i++)
            {
                if (!IsMine(policy.Items[result.InstrumentItems[i]])) continue;
                for (var n = 0; n < facts.Instruments.Length; n++)
                    Add(new Group(facts.Instruments[n].Institution, _part == CapLevel.Instrument ? n : -1, _byYear ? window.To.Year : 0), result.InstrumentFen[(n * instruments) + i]);
            }
        }

        public IEnumerable<Entry> Entries()
        {
            var years = new Dictionary<Group, long>();
            foreach (var (group, fen) in _groups)
            {
                var capped = Capped(fen, group.Beneficiary, c => c.Level is CapLevel.Claim or CapLevel.Instrument);
                Accumulate(years, group with { Part = -1 }, capped);
            }

            var yearly = new Dictionary<int, long>();
            foreach (var (group, fen) in years)
                Accumulate(yearly, group.Beneficiary, Capped(fen, group.Beneficiary, c => c.Level == CapLevel.Beneficiary && c.Period == CapPeriod.Year));
            foreach (var beneficiary in _sums.Keys.Order())
            {
                var capped = Capped(yearly[beneficiary], beneficiary, c => c.Level == CapLevel.Beneficiary && c.Period == CapPeriod.Window);
                var hit = caps.Where(c => _hits.Contains((beneficiary, c.Id))).Select(c => c.Id).ToList();
                yield return new Entry(to, beneficiary, payer, _sums[beneficiary], capped, capped, hit);
            }
        }

        private void Add(Group group, long fen)
        {
            Accumulate(_sums, group.Beneficiary, fen);
            Accumulate(_groups, group, Capped(fen, group.Beneficiary, c => c.Level == CapLevel.Line));
        }

        private long Capped(long fen, int beneficiary, Func<Cap, bool> level)
        {
            foreach (var cap in caps)
            {
                if (fen <= cap.Amount.Value || !level(cap) || !HoldsFor(cap, beneficiary)) continue;
                fen = (long)cap.Amount.Value;
                _hits.Add((beneficiary, cap.Id));
            }

            return fen;
        }

        private bool HoldsFor(Cap cap, int beneficiary) =>
            cap.Users.Count == 0 || (to == BeneficiaryKind.User && cap.Users.Contains(facts.Users[beneficiary].Kind));

        private bool IsMine(PayItem item) => item.To == to && item.Payer == payer;

        private static void Accumulate<TKey>(Dictionary<TKey, long> sums, TKey key, long fen) where TKey : notnull
        {
            ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
            sum = checked(sum + fen);
        }
    }
}
