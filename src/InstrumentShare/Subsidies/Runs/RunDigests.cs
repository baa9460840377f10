using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime.Text;

namespace InstrumentShare.Subsidies;

/// <summary>
/// The digests of a run: SHA-256 over canonical JSON. Records are named by their natural keys (social credit code, inner
/// number, e-mail), services by what they are; instruments stand in ordinal order of their keys and, within one, its
/// lines in ordinal order. So the same data give the same digest on any node and in any order of reading.
/// </summary>
public sealed class RunDigests(KnownPolicy policy, AccrualWindow window, long? budgetFen, RunFacts run)
{
    private readonly ILookup<int, int> servicesOf = Enumerable.Range(0, run.Facts.Services.Length).ToLookup(s => run.Facts.Services[s].Instrument);

    /// <summary>Everything that went in: the policy's text, window, budget, and each instrument, user and service that was looked at.</summary>
    public string Input()
    {
        var instruments = PerInstrument((n, sheet) =>
        {
            var fact = run.Facts.Instruments[n];
            sheet.Line(w =>
            {
                w.WriteBoolean("alreadyPaid", fact.AlreadyPaid);
                w.WriteString("enrolledOn", run.Instruments[n].EnrolledOn is { } day ? LocalDatePattern.Iso.Format(day) : null);
                w.WriteString("funding", Lexicon.Of(fact.Funding));
                w.WriteString("instrument", run.InstrumentKey(n));
                w.WriteBoolean("isSet", fact.IsSet);
                w.WriteString("originalValue", Yuan(fact.ValueFen));
            });
            foreach (var s in servicesOf[n]) sheet.Line(w => Service(w, s));
        });
        var users = run.Users.Select((u, place) => Sheet.One(w =>
        {
            w.WriteString("kind", Lexicon.Of(run.Facts.Users[place].Kind));
            w.WriteString("region", u.Institution?.Region.Code);
            w.WriteString("tags", string.Join(',', Lexicon.Each(run.Facts.Users[place].Tags)));
            w.WriteString("user", u.NaturalKey);
        })).Order(ByteOrder.Instance);
        return Digest.OfLines([Question(null), .. users, .. instruments]);
    }

    /// <summary>Everything that came out: each line with what it was computed from, each entry, the total.</summary>
    public string Result(SubsidyResult result)
    {
        var instruments = PerInstrument((n, sheet) =>
        {
            if (result.InstrumentItems.Length > 0) sheet.Line(w => Lines(w, result.InstrumentItems, n, result.InstrumentFen, result.InstrumentReasons));
            foreach (var s in servicesOf[n])
                sheet.Line(w =>
                {
                    Lines(w, result.ServiceItems, s, result.ServiceFen, result.ServiceReasons);
                    Service(w, s);
                });
        });
        var entries = EntryOrder.Sort(result.Entries, run.Names).Select(e => Sheet.One(w =>
        {
            w.WriteString("amount", Yuan(e.PaidFen));
            w.WriteString("beneficiary", run.Names.Of(e.Kind, e.Beneficiary));
            w.WriteString("kind", Lexicon.Of(e.Kind));
            w.WriteString("payer", Lexicon.Of(e.Payer));
        }));
        return Digest.OfLines([Question(result.TotalFen), .. instruments, .. entries]);
    }

    // Each instrument's sheet becomes one line with its own digest, so that millions of lines are never sorted together.
    private IEnumerable<byte[]> PerInstrument(Action<int, Sheet> fill)
    {
        var all = policy.Policy.Items.Any(i => i.Unit == PayUnit.Instrument);
        var places = Enumerable.Range(0, run.Instruments.Count).Where(n => all || servicesOf.Contains(n)).ToArray();
        var lines = new (string Key, byte[] Line)[places.Length];
        Parallel.For(0, places.Length, p =>
        {
            var sheet = new Sheet();
            fill(places[p], sheet);
            var key = run.InstrumentKey(places[p]);
            lines[p] = (key, Sheet.One(w =>
            {
                w.WriteString("digest", sheet.Digest());
                w.WriteString("instrument", key);
            }));
        });
        return lines.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Line);
    }

    private byte[] Question(long? totalFen) => Sheet.One(w =>
    {
        w.WriteString("budget", budgetFen is { } fen ? Yuan(fen) : null);
        w.WriteString("from", LocalDatePattern.Iso.Format(window.From));
        w.WriteString("policy", policy.Policy.Id);
        w.WriteString("policyText", policy.Digest);
        w.WriteString("policyVersion", policy.Policy.Version);
        w.WriteString("to", LocalDatePattern.Iso.Format(window.To));
        if (totalFen is { } total) w.WriteString("total", Yuan(total));
    });

    // Stands before the service's own members: "_lines" comes first in ordinal order.
    private void Lines(Utf8JsonWriter w, int[] items, int place, long[] fen, Reasons[] reasons)
    {
        w.WriteStartArray("_lines");
        for (var i = 0; i < items.Length; i++)
        {
            var at = (place * items.Length) + i;
            w.WriteStartObject();
            w.WriteString("amount", Yuan(fen[at]));
            w.WriteString("excluded", reasons[at] == Reasons.None ? "" : string.Join(',', Lexicon.Each(reasons[at])));
            w.WriteString("item", policy.Policy.Items[items[i]].Id);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private void Service(Utf8JsonWriter w, int s)
    {
        ref readonly var service = ref run.Facts.Services[s];
        w.WriteString("amount", Yuan(service.AmountFen));
        w.WriteString("claim", service.Claim < 0 ? null : run.Claims[service.Claim]);
        w.WriteString("evidence", string.Join(',', Lexicon.Each(service.Evidence)));
        w.WriteString("institution", run.InstitutionKey(service.Institution));
        w.WriteString("invoicedOn", service.InvoicedOn is { } day ? LocalDatePattern.Iso.Format(day) : null);
        w.WriteString("servedOn", LocalDatePattern.Iso.Format(service.ServedOn));
        w.WriteString("tags", string.Join(',', Lexicon.Each(service.Tags)));
        w.WriteString("user", run.UserKey(service.User));
    }

    private static string Yuan(long fen) => new Money(fen).ToString();

    /// <summary>Lines of canonical JSON, digested in their ordinal order.</summary>
    private sealed class Sheet
    {
        private static readonly JsonWriterOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        private readonly List<byte[]> lines = [];
        private readonly ArrayBufferWriter<byte> buffer = new(512);
        private Utf8JsonWriter? writer;

        public void Line(Action<Utf8JsonWriter> members)
        {
            buffer.ResetWrittenCount();
            writer ??= new Utf8JsonWriter(buffer, Canonical);
            writer.Reset(buffer);
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
            writer.Flush();
            lines.Add(buffer.WrittenSpan.ToArray());
        }

        public string Digest() => Kernel.Digest.OfLines(lines.Order(ByteOrder.Instance));

        public static byte[] One(Action<Utf8JsonWriter> members)
        {
            var sheet = new Sheet();
            sheet.Line(members);
            return sheet.lines[0];
        }
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
