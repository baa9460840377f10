using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Subsidies;

/// <summary>
/// The digests of a run, in the second form of what is hashed; each says so by its first letters. Digests without them are of
/// the first form, canonical JSON throughout. Neither order of reading, nor node, nor number of threads changes them:
/// records go by their natural keys (social credit code, inner number, e-mail), never by ids.
/// <para>
/// SHA-256 over a sequence of numbers, texts and lists. A number is a big-endian two's complement of 4 bytes, amounts in fen of 8; a
/// text is its length in bytes as a number and its UTF-8; a list is its length as a number and its members.
/// A <i>record</i> of a service is: the places of its institution and user in the lists of keys below; 0, or 1 plus the place of
/// its claim; its amount; served on and invoiced on, as days since 1970-01-01, the least number where there is none; the bits of
/// its tags and of its evidence as <see cref="Tag"/> and <see cref="Evidence"/> number them.
/// </para>
/// <para>
/// Both digests: the question as canonical JSON; the keys of institutions that services name, of users, and the references of claims: three
/// lists of texts without repetition, in ordinal order. Input goes on: the list of users as canonical JSON, in order of bytes; the list of
/// instruments in order of key, each the SHA-256 of its canonical JSON and its records. Result goes on: the
/// list of instruments in order of key, each the SHA-256 of its key, its own lines and its records, each record followed by its lines; the list of
/// entries as canonical JSON. A line is its amount and the bits of its <see cref="Reasons"/>, in the order of the policy's items. Records stand in
/// order of their bytes and of their lines'. An instrument stands in the list when it has a service, or when the policy pays instruments.
/// </para>
/// </summary>
public sealed class RunDigests(KnownPolicy policy, AccrualWindow window, long? budgetFen, RunFacts run, SubsidyResult result, int threads)
{
    public const string Form = "v2:";
    private const int RecordBytes = 36;
    private const int LineBytes = 12;

    private readonly Keys institutions = new(run.Facts.Services.Select(s => s.Institution).Distinct().ToDictionary(i => i, run.InstitutionKey));
    private readonly Keys users = new(Enumerable.Range(0, run.Users.Count).ToDictionary(u => u, run.UserKey));
    private readonly Keys claims = new(Enumerable.Range(0, run.Claims.Count).ToDictionary(c => c, c => run.Claims[c]));
    private readonly int items = result.ServiceItems.Length;

    private readonly record struct Sheet(string Key, byte[] Input, byte[] Result);

    /// <summary>Input: the policy's text, window, budget, and each instrument, user and service that was looked at. Result: each line with its service, each entry, the total.</summary>
    public (string Input, string Result) Compute(CancellationToken stop = default)
    {
        var sheets = Sheets(stop);
        var input = new Text();
        Begin(input, null);
        input.List(Enumerable.Range(0, run.Users.Count).Select(User).Order(ByteOrder.Instance), (t, user) => t.Bytes(user));
        input.List(sheets, (t, sheet) => t.Raw(sheet.Input));
        var output = new Text();
        Begin(output, result.TotalFen);
        output.List(sheets, (t, sheet) => t.Raw(sheet.Result));
        output.List(EntryOrder.Sort(result.Entries, run.Names).Select(Entry), (t, entry) => t.Bytes(entry));
        return (Form + Convert.ToHexStringLower(input.Hash()), Form + Convert.ToHexStringLower(output.Hash()));
    }

    private void Begin(Text text, long? totalFen)
    {
        text.Bytes(Json(w =>
        {
            w.WriteString("budget", budgetFen is { } fen ? Yuan(fen) : null);
            w.WriteString("from", LocalDatePattern.Iso.Format(window.From));
            w.WriteString("policy", policy.Policy.Id);
            w.WriteString("policyText", policy.Digest);
            w.WriteString("policyVersion", policy.Policy.Version);
            w.WriteString("to", LocalDatePattern.Iso.Format(window.To));
            if (totalFen is { } total) w.WriteString("total", Yuan(total));
        }));
        foreach (var keys in new[] { institutions, users, claims }) text.List(keys.Ordered, (t, key) => t.Bytes(Encoding.UTF8.GetBytes(key)));
    }

    // Millions of records are sorted only within their instruments, on every thread there is.
    private List<Sheet> Sheets(CancellationToken stop)
    {
        var (order, starts) = ByInstrument();
        var places = Enumerable.Range(0, run.Instruments.Count).Where(n => result.InstrumentItems.Length > 0 || starts[n + 1] > starts[n]).ToArray();
        var sheets = new Sheet[places.Length];
        Parallel.For(0, places.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, p =>
            sheets[p] = SheetOf(places[p], order.AsSpan(starts[places[p]]..starts[places[p] + 1])));
        return [.. sheets.OrderBy(s => s.Key, StringComparer.Ordinal).ThenBy(s => s.Input, ByteOrder.Instance).ThenBy(s => s.Result, ByteOrder.Instance)];
    }

    private (int[] Order, int[] Starts) ByInstrument()
    {
        var services = run.Facts.Services;
        var starts = new int[run.Instruments.Count + 1];
        foreach (ref readonly var service in services.AsSpan()) starts[service.Instrument + 1]++;
        for (var n = 0; n < run.Instruments.Count; n++) starts[n + 1] += starts[n];
        var (order, next) = (new int[services.Length], starts.ToArray());
        for (var s = 0; s < services.Length; s++) order[next[services[s].Instrument]++] = s;
        return (order, starts);
    }

    private Sheet SheetOf(int instrument, ReadOnlySpan<int> services)
    {
        var size = RecordBytes + (items * LineBytes);
        var (records, places) = (new byte[services.Length * size], new int[services.Length]);
        for (var i = 0; i < services.Length; i++)
        {
            places[i] = i * size;
            Record(services[i], records.AsSpan(i * size, size));
        }

        Array.Sort(places, (a, b) => records.AsSpan(a, size).SequenceCompareTo(records.AsSpan(b, size)));
        var key = run.InstrumentKey(instrument);
        var (input, output) = (new Text(services.Length * RecordBytes), new Text(records.Length));
        input.Bytes(Instrument(instrument, key));
        output.Bytes(Encoding.UTF8.GetBytes(key));
        for (var i = 0; i < result.InstrumentItems.Length; i++)
        {
            var at = (instrument * result.InstrumentItems.Length) + i;
            output.Line(result.InstrumentFen[at], result.InstrumentReasons[at]);
        }

        foreach (var at in places)
        {
            input.Raw(records.AsSpan(at, RecordBytes));
            output.Raw(records.AsSpan(at, size));
        }

        return new Sheet(key, input.Hash(), output.Hash());
    }

    private void Record(int s, Span<byte> record)
    {
        ref readonly var service = ref run.Facts.Services[s];
        BinaryPrimitives.WriteInt32BigEndian(record, institutions.PlaceOf[service.Institution]);
        BinaryPrimitives.WriteInt32BigEndian(record[4..], users.PlaceOf[service.User]);
        BinaryPrimitives.WriteInt32BigEndian(record[8..], service.Claim < 0 ? 0 : claims.PlaceOf[service.Claim] + 1);
        BinaryPrimitives.WriteInt64BigEndian(record[12..], service.AmountFen);
        BinaryPrimitives.WriteInt32BigEndian(record[20..], Day(service.ServedOn));
        BinaryPrimitives.WriteInt32BigEndian(record[24..], service.InvoicedOn is { } day ? Day(day) : int.MinValue);
        BinaryPrimitives.WriteInt32BigEndian(record[28..], (int)service.Tags);
        BinaryPrimitives.WriteInt32BigEndian(record[32..], (int)service.Evidence);
        for (var i = 0; i < items; i++)
        {
            var line = record[(RecordBytes + (i * LineBytes))..];
            BinaryPrimitives.WriteInt64BigEndian(line, result.ServiceFen[(s * items) + i]);
            BinaryPrimitives.WriteInt32BigEndian(line[8..], (int)result.ServiceReasons[(s * items) + i]);
        }
    }

    private byte[] Instrument(int n, string key) => Json(w =>
    {
        var fact = run.Facts.Instruments[n];
        w.WriteBoolean("alreadyPaid", fact.AlreadyPaid);
        w.WriteString("enrolledOn", run.Instruments[n].EnrolledOn is { } day ? LocalDatePattern.Iso.Format(day) : null);
        w.WriteString("funding", Lexicon.Of(fact.Funding));
        w.WriteString("instrument", key);
        w.WriteBoolean("isSet", fact.IsSet);
        w.WriteString("originalValue", Yuan(fact.ValueFen));
    });

    private byte[] User(int u) => Json(w =>
    {
        w.WriteString("kind", Lexicon.Of(run.Facts.Users[u].Kind));
        w.WriteString("region", run.Users[u].Institution?.Region.Code);
        w.WriteString("tags", string.Join(',', Lexicon.Each(run.Facts.Users[u].Tags)));
        w.WriteString("user", run.UserKey(u));
    });

    private byte[] Entry(Entry entry) => Json(w =>
    {
        w.WriteString("amount", Yuan(entry.PaidFen));
        w.WriteString("beneficiary", run.Names.Of(entry.Kind, entry.Beneficiary));
        w.WriteString("kind", Lexicon.Of(entry.Kind));
        w.WriteString("payer", Lexicon.Of(entry.Payer));
    });

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static int Day(LocalDate day) => Period.DaysBetween(new LocalDate(1970, 1, 1), day);

    private static string Yuan(long fen) => new Money(fen).ToString();

    /// <summary>Distinct keys in ordinal order, and which of them a place in the facts has.</summary>
    private sealed class Keys
    {
        public Keys(Dictionary<int, string> byPlace)
        {
            Ordered = [.. byPlace.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            PlaceOf = new int[byPlace.Count == 0 ? 0 : byPlace.Keys.Max() + 1];
            foreach (var (place, key) in byPlace) PlaceOf[place] = Ordered.BinarySearch(key, StringComparer.Ordinal);
        }

        public List<string> Ordered { get; }

        public int[] PlaceOf { get; }
    }

    /// <summary>What is hashed, as it is written down.</summary>
    private sealed class Text(int bytes = 0)
    {
        private readonly ArrayBufferWriter<byte> buffer = new(bytes + 256);

        public void Raw(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

        public void Bytes(ReadOnlySpan<byte> text)
        {
            Number(text.Length);
            Raw(text);
        }

        public void Number(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), value);
            buffer.Advance(4);
        }

        public void Line(long fen, Reasons reasons)
        {
            BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), fen);
            buffer.Advance(8);
            Number((int)reasons);
        }

        public void List<T>(IEnumerable<T> members, Action<Text, T> write)
        {
            var all = members as IReadOnlyCollection<T> ?? [.. members];
            Number(all.Count);
            foreach (var member in all) write(this, member);
        }

        public byte[] Hash() => SHA256.HashData(buffer.WrittenSpan);
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
