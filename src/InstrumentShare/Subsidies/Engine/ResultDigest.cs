using System.Text.Encodings.Web;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using NodaTime.Text;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>Natural keys of what a result speaks of, by place in the facts.</summary>
public sealed record FactKeys(Func<int, string> Service, Func<int, string> Instrument, Func<int, string> Institution, Func<int, string> User)
{
    public BeneficiaryNames Names => new(Institution, User);
}

/// <summary>
/// The digest of a result: SHA-256 over canonical JSON, one object a line: the question, the lines and the entries, each in
/// ordinal order of their keys. No generated id and no time is in it, so the same data give the same digest anywhere.
/// </summary>
public static class ResultDigest
{
    public static string Of(SubsidyPolicy policy, AccrualWindow window, long? budgetFen, SubsidyResult result, Facts facts, FactKeys keys)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Digest.OfLines([Question(policy, window, budgetFen, result), .. Lines(policy, result, facts, keys), .. Entries(result, keys)]);
    }

    private static byte[] Question(SubsidyPolicy policy, AccrualWindow window, long? budgetFen, SubsidyResult result) => Json(w =>
    {
        w.WriteString("budget", budgetFen is { } fen ? new Money(fen).ToString() : null);
        w.WriteString("from", LocalDatePattern.Iso.Format(window.From));
        w.WriteString("policy", policy.Id);
        w.WriteString("policyVersion", policy.Version);
        w.WriteString("to", LocalDatePattern.Iso.Format(window.To));
        w.WriteString("total", new Money(result.TotalFen).ToString());
    });

    private static IEnumerable<byte[]> Lines(SubsidyPolicy policy, SubsidyResult result, Facts facts, FactKeys keys)
    {
        var items = result.ServiceItems.Length;
        foreach (var s in Order(facts.Services.Length, keys.Service))
            for (var i = 0; i < items; i++)
            {
                var item = policy.Items[result.ServiceItems[i]];
                var service = facts.Services[s];
                var beneficiary = item.To == BeneficiaryKind.Institution ? keys.Institution(service.Institution) : keys.User(service.User);
                yield return Line(item, beneficiary, "service", keys.Service(s), result.ServiceFen[(s * items) + i], result.ServiceReasons[(s * items) + i]);
            }

        var awards = result.InstrumentItems.Length;
        if (awards == 0) yield break;
        foreach (var n in Order(facts.Instruments.Length, keys.Instrument))
            for (var i = 0; i < awards; i++)
            {
                var item = policy.Items[result.InstrumentItems[i]];
                yield return Line(item, keys.Institution(facts.Instruments[n].Institution), "instrument", keys.Instrument(n), result.InstrumentFen[(n * awards) + i], result.InstrumentReasons[(n * awards) + i]);
            }
    }

    private static byte[] Line(PayItem item, string beneficiary, string unit, string key, long fen, Reasons reasons) => Json(w =>
    {
        w.WriteString("amount", new Money(fen).ToString());
        w.WriteString("beneficiary", beneficiary);
        w.WriteString("excluded", Lexicon.First(reasons));
        w.WriteString("item", item.Id);
        w.WriteString("kind", Lexicon.Of(item.To));
        w.WriteString("payer", Lexicon.Of(item.Payer));
        w.WriteString(unit, key);
    });

    private static IEnumerable<byte[]> Entries(SubsidyResult result, FactKeys keys) => EntryOrder.Sort(result.Entries, keys.Names)
        .Select(e => Json(w =>
        {
            w.WriteString("amount", new Money(e.PaidFen).ToString());
            w.WriteString("beneficiary", keys.Names.Of(e.Kind, e.Beneficiary));
            w.WriteString("kind", Lexicon.Of(e.Kind));
            w.WriteString("payer", Lexicon.Of(e.Payer));
        }));

    private static int[] Order(int count, Func<int, string> key)
    {
        var keys = new string[count];
        var places = new int[count];
        for (var i = 0; i < count; i++) (keys[i], places[i]) = (key(i), i);
        Array.Sort(keys, places, StringComparer.Ordinal);
        return places;
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}

/// <summary>The one order of entries: kind, id, payer, each ordinal.</summary>
public static class EntryOrder
{
    public static IOrderedEnumerable<Entry> Sort(IEnumerable<Entry> entries, BeneficiaryNames names) => entries
        .OrderBy(e => Lexicon.Of(e.Kind), StringComparer.Ordinal)
        .ThenBy(e => names.Of(e.Kind, e.Beneficiary), StringComparer.Ordinal)
        .ThenBy(e => Lexicon.Of(e.Payer), StringComparer.Ordinal);
}
